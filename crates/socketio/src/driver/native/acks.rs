//! Acknowledgements we asked for.

use crate::arg::Arg;
use crate::emitter::EmitError;
use std::collections::HashMap;
use tokio::sync::oneshot;

type Reply = oneshot::Sender<Result<Vec<Arg>, EmitError>>;

/// Acknowledgements we asked for, by id. Ids count up from zero and are not reused in a session. When
/// the session ends this is dropped, and every caller hears that the session is over.
#[derive(Debug, Default)]
pub(super) struct Acks {
    next: u64,
    waiting: HashMap<u64, Reply>,
}

impl Acks {
    /// Remembers a caller and gives the id to send; the caller back when `max` are waiting already.
    pub(super) fn ask(&mut self, reply: Reply, max: usize) -> Result<u64, Reply> {
        if self.waiting.len() >= max {
            self.forget_gone();
        }
        if self.waiting.len() >= max {
            return Err(reply);
        }
        let id = self.next;
        self.next += 1;
        self.waiting.insert(id, reply);
        Ok(id)
    }

    /// Hands an answer to its caller; an id nobody waits for is a late answer and is ignored.
    pub(super) fn answer(&mut self, id: u64, args: Vec<Arg>) {
        if let Some(reply) = self.waiting.remove(&id) {
            // A caller whose time is up has gone.
            let _ = reply.send(Ok(args));
        }
    }

    /// Fails one that could not be sent.
    pub(super) fn fail(&mut self, id: u64, error: EmitError) {
        if let Some(reply) = self.waiting.remove(&id) {
            let _ = reply.send(Err(error));
        }
    }

    /// Removes callers whose time is up.
    pub(super) fn forget_gone(&mut self) {
        self.waiting.retain(|_, reply| !reply.is_closed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_up_and_the_gone_are_forgotten() {
        let mut acks = Acks::default();
        let (first, first_answer) = oneshot::channel();
        let (second, mut second_answer) = oneshot::channel();
        let (third, _third_answer) = oneshot::channel();
        let (fourth, _fourth_answer) = oneshot::channel();
        assert_eq!(acks.ask(first, 2).unwrap(), 0);
        drop(first_answer);
        assert_eq!(acks.ask(second, 2).unwrap(), 1);
        assert_eq!(acks.ask(third, 2).unwrap(), 2, "the first caller has gone");
        assert!(acks.ask(fourth, 2).is_err());
        acks.answer(0, vec![]);
        acks.answer(99, vec![]);
        acks.answer(1, vec![serde_json::json!("yes").into()]);
        assert_eq!(
            second_answer.try_recv().unwrap().unwrap(),
            vec![serde_json::json!("yes").into()]
        );
    }
}
