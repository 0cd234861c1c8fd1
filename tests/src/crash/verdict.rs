//! The judgement of one order: what its sender was told, against what is on paper.

use super::order::{Kind, Order};
use super::paper::Copy;
use super::sender::{Sent, Word};
use platen_job::Evidence;
use std::collections::BTreeSet;

/// What is known of an order beside what its sender heard.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    /// How many jobs of it Platen lists, copies counted.
    pub jobs: usize,
    /// The evidence of the job that settled it, where it was completed.
    pub evidence: Option<Evidence>,
    /// Whether its printer said nothing at all at some time between its first sending and its first telling.
    pub printer_was_mute: bool,
}

/// Everything that is wrong with this order; empty where all is well.
pub fn judge(sent: &Sent, copies: &[&Copy], known: &Known) -> Vec<String> {
    let mut wrong = Vec::new();
    promise_nothing_is_lost(sent, known, &mut wrong);
    let most = if sent.order.kind == Kind::Kitchen { 1 } else { 0 };
    promise_no_unmarked_copies(&sent.order, copies, most, &mut wrong);
    promise_true_words(sent, copies, known, &mut wrong);
    promise_one_answer_a_request(sent, &mut wrong);
    wrong
}

fn promise_nothing_is_lost(sent: &Sent, known: &Known, wrong: &mut Vec<String>) {
    if sent.told.is_empty() {
        wrong.push("LOST: its sender was never told what became of it".into());
    }
    if known.jobs == 0 {
        wrong.push("LOST: Platen does not list it".into());
    }
}

/// Torn paper counts too: who holds two pieces of one order must see that they are of one order. `most`: the marked copies that
/// the policy allows.
pub(super) fn promise_no_unmarked_copies(
    order: &Order,
    copies: &[&Copy],
    most: usize,
    wrong: &mut Vec<String>,
) {
    let unmarked = copies.iter().filter(|copy| !copy.marked).count();
    let marked = copies.len() - unmarked;
    if unmarked > 1 {
        wrong.push(format!("TWICE: {unmarked} pieces of paper without a mark"));
    }
    if copies.iter().skip(1).any(|copy| !copy.marked) {
        wrong.push("TWICE: an unmarked piece after another one".into());
    }
    if marked > most {
        wrong.push(format!("{marked} marked copies, where the policy allows {most}"));
    }
    if copies.iter().any(|copy| copy.of != order.lines) {
        wrong.push("its paper has another number of lines than were sent".into());
    }
}

fn promise_true_words(sent: &Sent, copies: &[&Copy], known: &Known, wrong: &mut Vec<String>) {
    let Some(first) = sent.told.first() else { return };
    if sent.told.iter().any(|told| told.word != first.word) {
        let words: Vec<&Word> = sent.told.iter().map(|told| &told.word).collect();
        wrong.push(format!("it was told different things: {words:?}"));
    }
    let whole = copies.iter().any(|copy| copy.is_whole());
    match &first.word {
        Word::Completed if whole => {}
        // Who cannot hear the printer can only say that it was handed over.
        Word::Completed if known.evidence == Some(Evidence::Submitted) => {
            if !known.printer_was_mute {
                wrong.push("UNTRUE: only submitted, to a printer that talked".into());
            }
        }
        Word::Completed => wrong.push("UNTRUE: told completed, and not whole on paper".into()),
        Word::Unconfirmed => {}
        Word::Expired if !sent.may_expire() => wrong.push("expired before its time".into()),
        Word::Expired if copies.is_empty() => {}
        Word::Expired => wrong.push("UNTRUE: told expired, and something is on paper".into()),
        Word::Failed(what) => wrong.push(format!("nothing here can fail with {what:?}")),
    }
}

fn promise_one_answer_a_request(sent: &Sent, wrong: &mut Vec<String>) {
    let lives: BTreeSet<u32> = sent.told.iter().map(|told| told.life).collect();
    for life in lives {
        let answers = sent.told.iter().filter(|told| told.life == life).count();
        let due = sent.answers_due_in(life);
        if answers > due {
            wrong.push(format!("life {life}: {answers} answers, where at most {due} were due"));
        }
    }
}
