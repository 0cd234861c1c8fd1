//! What the writer is asked to do: steps, each all or nothing, many to a transaction.

use crate::SpoolError;
use crate::book::Book;
use tokio::sync::oneshot;

/// One change of the journal.
pub(crate) trait Step: Send + 'static {
    /// What the caller gets once it is committed.
    type Answer: Send + 'static;
    /// Whether the answer waits for the disk.
    const DURABILITY: Durability = Durability::Synced;
    /// Whether it may use the space that is held back.
    const PURSE: Purse = Purse::Reserve;
    /// Whether it goes before what waits already.
    const URGENCY: Urgency = Urgency::Usual;

    /// About how much it makes the log grow beyond a few pages.
    fn bytes(&self) -> usize {
        0
    }

    /// Makes the change within the open transaction. May run again after a rollback, so it consumes nothing.
    fn run(&mut self, book: &mut Book) -> Result<Self::Answer, SpoolError>;
}

/// How safe a change is when it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Durability {
    /// It survives the death of the process, and of the machine once the next synced change is answered.
    Written,
    /// It survives the death of the machine.
    Synced,
}

/// Whose disk space a change may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purse {
    /// Only what the disk has beside the reserve: new work.
    Ordinary,
    /// The reserve too: bringing accepted work to its end.
    Reserve,
}

/// What goes first where more waits than fits into a transaction; the order of those that are alike stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// Somebody outside waits to hear that a job is stored.
    First,
    /// Everything else.
    Usual,
}

/// A step on its way to the writer, with the way back.
pub(crate) trait Request: Send {
    fn durability(&self) -> Durability;
    fn purse(&self) -> Purse;
    fn urgency(&self) -> Urgency;
    fn bytes(&self) -> usize;
    /// Runs the step and keeps its answer until the commit.
    fn run(&mut self, book: &mut Book) -> Result<(), SpoolError>;
    /// Tells the caller. An error of the commit replaces what the step said.
    fn answer(self: Box<Self>, commit: Result<(), SpoolError>);
}

struct Pending<S: Step> {
    step: S,
    result: Option<Result<S::Answer, SpoolError>>,
    caller: oneshot::Sender<Result<S::Answer, SpoolError>>,
}

/// Where an answer comes in.
pub(crate) type Answer<T> = oneshot::Receiver<Result<T, SpoolError>>;

/// Packs a step for the writer.
pub(crate) fn request<S: Step>(step: S) -> (Box<dyn Request>, Answer<S::Answer>) {
    let (caller, answer) = oneshot::channel();
    (Box::new(Pending { step, result: None, caller }), answer)
}

impl<S: Step> Request for Pending<S> {
    fn durability(&self) -> Durability {
        S::DURABILITY
    }

    fn purse(&self) -> Purse {
        S::PURSE
    }

    fn urgency(&self) -> Urgency {
        S::URGENCY
    }

    fn bytes(&self) -> usize {
        self.step.bytes()
    }

    fn run(&mut self, book: &mut Book) -> Result<(), SpoolError> {
        let result = self.step.run(book);
        let said = result.as_ref().map(|_| ()).map_err(Clone::clone);
        self.result = Some(result);
        said
    }

    fn answer(self: Box<Self>, commit: Result<(), SpoolError>) {
        let answer = match (commit, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(SpoolError::Closed),
            (Err(error), _) => Err(error),
        };
        // A caller that went away does not want to know.
        let _ = self.caller.send(answer);
    }
}
