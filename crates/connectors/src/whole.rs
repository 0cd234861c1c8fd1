//! What is done to its end, whoever waits for it.

use std::future::Future;

/// Does a piece of work on a task of its own. Who goes away meanwhile – a browser that is closed, a time that is over – gives up
/// the waiting, and leaves nothing half done.
pub async fn whole<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends, and whoever waits with it.
            Err(_) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn goes_on_when_nobody_waits() {
        let (go, going) = oneshot::channel::<()>();
        let (tell, told) = oneshot::channel();
        let mut waiting = Box::pin(whole(async move {
            let _ = going.await;
            let _ = tell.send("done");
        }));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        drop(waiting);
        go.send(()).unwrap();
        assert_eq!(told.await, Ok("done"));
    }
}
