//! One thing that a system wants on paper, what it was told of it, and the judgement over both.

use super::super::verdict::promise_no_unmarked_copies;
use super::super::{Copy, Order};
use platen_job::{DocumentType, Evidence, JobState};
use platen_spool::JobRecord;

/// How a system learns what became of its jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manner {
    /// It waits on the line, does not ask again, and takes silence for failure.
    Waits,
    /// It is told that the job is in safe hands, and nothing more.
    Trusts,
    /// It is told once, when the outcome is known, and cannot ask again.
    Hears,
    /// It asks again, under the same id, until it knows.
    Asks,
}

/// What a system was told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// It is on paper.
    Printed,
    /// It is stored and will be printed.
    Stored,
    /// It is not on paper, and will not be.
    Failed,
    /// It may or may not be on paper, or part of it is.
    InDoubt,
    /// Nothing: the line broke.
    Silence,
    /// What no system expects.
    Odd(String),
}

impl Word {
    /// What a reason for a failure comes to, for a person who reads it.
    pub fn of_reason(reason: &str) -> Word {
        let doubtful = ["may or may not be on paper", "Check whether", "Part of it may be"];
        let is_doubtful = doubtful.iter().any(|words| reason.contains(words));
        if is_doubtful { Word::InDoubt } else { Word::Failed }
    }
}

/// A job, and everything that its system knows of it.
pub struct Sale {
    /// What is to be on paper.
    pub order: Order,
    /// Which system it is of.
    pub system: usize,
    /// Its printer.
    pub printer: usize,
    /// In which life of the engine it was sent first.
    pub sent_in: u32,
    /// What its system was told, in order, and in which life.
    pub told: Vec<(Word, u32)>,
    /// What happened, for a person who has to find out why.
    pub history: Vec<String>,
}

/// What is known of a sale beside what its system was told.
pub struct Known<'a> {
    /// How its system learns of it.
    pub manner: Manner,
    /// Whether its system knows itself that it may never have reached the till.
    pub excused: bool,
    /// The jobs that it became on the till, the first one first.
    pub jobs: &'a [JobRecord],
    /// Whether bytes of it went to its printer in a life after the one in which it was sent.
    pub printed_later: bool,
    /// Whether its printer said nothing at all at some time meanwhile.
    pub printer_was_mute: bool,
}

impl Known<'_> {
    fn is_asked_of_a_person(&self) -> bool {
        self.jobs.iter().any(|job| matches!(job.state, JobState::Unconfirmed))
    }

    /// Who cannot hear the printer can only say that it was handed over.
    fn is_unheard(&self) -> bool {
        let submitted = JobState::Completed { evidence: Evidence::Submitted };
        self.printer_was_mute && self.jobs.iter().any(|job| job.state == submitted)
    }

    /// Tickets for the kitchen that are in doubt are printed again, marked, once. So is what its system never heard of, as far as
    /// the till knows: that it heard is noted a moment after it did.
    fn most_marked(&self) -> usize {
        let kitchen = |job: &JobRecord| job.document_type == DocumentType::KitchenTicket;
        usize::from(self.manner == Manner::Trusts || self.jobs.iter().any(kitchen))
    }
}

impl Sale {
    /// Everything that is wrong with it; empty where all is well.
    pub fn judge(&self, copies: &[&Copy], known: &Known) -> Vec<String> {
        let mut wrong = Vec::new();
        promise_no_unmarked_copies(&self.order, copies, known.most_marked(), &mut wrong);
        if known.manner != Manner::Trusts
            && known.jobs.iter().filter(|job| job.origin.is_none()).count() > 1
        {
            wrong.push("TWICE: it became more than one job".into());
        }
        self.promise_one_word(&mut wrong);
        if known.manner == Manner::Hears {
            self.promise_one_answer_a_life(&mut wrong);
        }
        self.promise_a_true_word(copies, known, &mut wrong);
        wrong
    }

    fn promise_one_word(&self, wrong: &mut Vec<String>) {
        let mut words: Vec<&Word> = self.told.iter().map(|(word, _)| word).collect();
        words.dedup();
        // A doubt may be answered later: by its marked copy.
        if words.len() > 1 && words != [&Word::InDoubt, &Word::Printed] {
            wrong.push(format!("its system was told different things: {words:?}"));
        }
    }

    /// Who is told once is told again only where the engine died between telling and noting it.
    fn promise_one_answer_a_life(&self, wrong: &mut Vec<String>) {
        let again = self.told.windows(2).any(|two| two[0].1 == two[1].1);
        if again {
            wrong.push(format!("its system was answered more than once: {:?}", self.told));
        }
    }

    fn promise_a_true_word(&self, copies: &[&Copy], known: &Known, wrong: &mut Vec<String>) {
        let whole = copies.iter().any(|copy| copy.is_whole());
        let accounted = whole || known.is_unheard();
        let say = |words: &str, wrong: &mut Vec<String>| wrong.push(words.to_owned());
        match self.told.first().map(|(word, _)| word) {
            None if known.excused && known.jobs.is_empty() && copies.is_empty() => {}
            None => say("LOST: its system was never told what became of it", wrong),
            Some(Word::Printed) if accounted => {}
            // The printer's side had every byte when the time was over, and failed after that: people are asked.
            Some(Word::Printed)
                if known.manner == Manner::Waits && known.is_asked_of_a_person() => {}
            Some(Word::Printed) => say("UNTRUE: told printed, and not whole on paper", wrong),
            Some(Word::Stored) if accounted || known.is_asked_of_a_person() => {}
            Some(Word::Stored) => {
                say("LOST: told stored, and neither on paper nor asked of a person", wrong)
            }
            Some(Word::Failed) if copies.is_empty() => {}
            Some(Word::Failed) => say("UNTRUE: told failed, and something is on paper", wrong),
            Some(Word::InDoubt) => {}
            Some(Word::Silence) => self.promise_of_silence(accounted, known, wrong),
            Some(Word::Odd(what)) => wrong.push(format!("it was answered in no known way: {what}")),
        }
    }

    fn promise_of_silence(&self, accounted: bool, known: &Known, wrong: &mut Vec<String>) {
        match known.manner {
            Manner::Waits if known.printed_later => {
                wrong.push(
                    "LATER: its caller took it for failed, and a later life printed it".into(),
                );
            }
            Manner::Waits => {}
            // It was stored before the line broke: then it is in safe hands.
            Manner::Trusts
                if known.jobs.is_empty() || accounted || known.is_asked_of_a_person() => {}
            Manner::Trusts => {
                wrong.push("LOST: stored, and neither on paper nor asked of a person".into())
            }
            Manner::Hears | Manner::Asks => wrong.push("LOST: silence is no answer here".into()),
        }
    }
}
