//! Many futures at once, of which the first gets on before the others.

use futures_util::future::maybe_done;
use std::future::poll_fn;
use std::task::Poll;

/// Waits for all of them and gives what they gave, in their order. Each time they are resumed from the first to the last: what they
/// put into a channel stands there in their order, as long as it has room for them. (Of many, `join_all` resumes those that were woken,
/// and where a task has had its turn in the midst of them tokio wakes the last one first.) For some hundreds, as all are asked each time.
pub(crate) async fn in_turn<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = futures.into_iter().map(|future| Box::pin(maybe_done(future))).collect();
    poll_fn(|context| {
        all.iter_mut()
            .map(|one| one.as_mut().poll(context))
            .fold(Poll::Ready(()), |so_far, one| if one.is_ready() { so_far } else { one })
    })
    .await;
    all.iter_mut().filter_map(|one| one.as_mut().take_output()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    /// More than tokio lets one task do in one turn.
    #[tokio::test]
    async fn what_they_send_keeps_their_order() {
        let (sender, mut receiver) = mpsc::channel(400);
        let sending = in_turn((0..400).map(|number| sender.send(number)));
        let mut came = Vec::new();
        let receiving = async {
            while came.len() < 400 {
                came.extend(receiver.recv().await);
            }
        };
        let (sent, ()) = tokio::join!(sending, receiving);
        assert!(sent.iter().all(Result::is_ok) && sent.len() == 400);
        assert_eq!(came, (0..400).collect::<Vec<_>>());
    }
}
