//! The link over a printer that does as it is told.

use super::*;
use std::future::poll_fn;
use std::sync::mpsc;
use std::time::Instant;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(20);

/// How one write goes.
enum Step {
    /// So many bytes are taken, and then this happens.
    Takes(usize, Result<(), Fault>),
    /// It does not return before the sender is dropped.
    Hangs(mpsc::Receiver<()>),
}

#[derive(Default)]
struct Script {
    steps: VecDeque<Step>,
    taken: Vec<u8>,
    says: VecDeque<Vec<u8>>,
    halts_cleared: u32,
    port: Option<u8>,
    /// What a driver still had under way when it was told to stop.
    under_way: usize,
}

/// Takes everything once its script is over.
struct FakePrinter {
    script: Mutex<Script>,
    answers: bool,
}

impl FakePrinter {
    fn new(steps: impl IntoIterator<Item = Step>) -> Arc<FakePrinter> {
        let script = Script { steps: steps.into_iter().collect(), ..Script::default() };
        Arc::new(FakePrinter { script: Mutex::new(script), answers: true })
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }
}

impl Pipe for FakePrinter {
    fn write(&self, bytes: &[u8], _patience: Duration) -> Transfer {
        let step = self.script().steps.pop_front();
        let (taken, end) = match step {
            Some(Step::Takes(most, end)) => (most.min(bytes.len()), end),
            Some(Step::Hangs(until)) => {
                let _ = until.recv();
                (0, Err(Fault::Gone))
            }
            None => (bytes.len(), Ok(())),
        };
        self.script().taken.extend(&bytes[..taken]);
        Transfer { bytes: taken, end }
    }

    fn end_write(&self) -> usize {
        self.script().under_way
    }

    fn read(&self, buffer: &mut [u8], _patience: Duration) -> Transfer {
        let Some(said) = self.script().says.pop_front() else {
            std::thread::sleep(Duration::from_millis(1));
            return Transfer { bytes: 0, end: Err(Fault::TimedOut) };
        };
        buffer[..said.len()].copy_from_slice(&said);
        Transfer { bytes: said.len(), end: Ok(()) }
    }

    fn answers(&self) -> bool {
        self.answers
    }

    fn clear_halt(&self, _end: PipeEnd) -> Result<(), Fault> {
        self.script().halts_cleared += 1;
        Ok(())
    }

    fn port_status(&self) -> Option<u8> {
        self.script().port
    }
}

/// The link, with a thread that works for it; the receiver hears when both threads have let the printer go.
fn linked(printer: &Arc<FakePrinter>) -> (UsbLink, mpsc::Receiver<()>) {
    struct Told(mpsc::Sender<()>);
    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }
    let (ended, hears) = mpsc::channel();
    let lease = Arc::new(Told(ended));
    let (link, work) = link(printer.clone(), lease).unwrap();
    std::thread::spawn(work);
    (link, hears)
}

/// Writes everything as room allows, or until the link closes; how much the link took.
async fn write_all(link: &mut UsbLink, bytes: &[u8]) -> usize {
    let mut taken = 0;
    while taken < bytes.len() {
        let ready = poll_fn(|cx| link.poll_ready(cx, Interest::ReadOrWrite));
        timeout(SOON, ready).await.expect("room");
        match link.write(&[IoSlice::new(&bytes[taken..])]) {
            Ok(more) => taken += more,
            Err(Closed) => break,
        }
    }
    taken
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + SOON;
    while !is_so() {
        assert!(Instant::now() < deadline, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn job() -> Vec<u8> {
    (0..50_000_u32).map(|at| (at % 251) as u8).collect()
}

#[tokio::test]
async fn short_writes_and_time_outs_lose_and_repeat_nothing() {
    let steps =
        (1..200).map(|n| Step::Takes(n, if n % 3 == 0 { Ok(()) } else { Err(Fault::TimedOut) }));
    let printer = FakePrinter::new(steps);
    let (mut link, _) = linked(&printer);
    assert_eq!(write_all(&mut link, &job()).await, job().len());
    until("everything is sent", || link.unsent() == Unsent::Bytes(0)).await;
    assert!(printer.script().taken == job());
}

#[tokio::test]
async fn what_an_unplugged_printer_has_not_taken_is_known_to_the_byte() {
    let printer = FakePrinter::new([
        Step::Takes(8_000, Ok(())),
        Step::Takes(1_234, Err(Fault::TimedOut)),
        Step::Takes(77, Err(Fault::Gone)),
    ]);
    let (mut link, ended) = linked(&printer);
    let written = write_all(&mut link, &job()).await;
    let lost = timeout(SOON, poll_fn(|cx| link.poll_abandon(cx))).await.unwrap();
    assert_eq!(written as u64 - lost, 8_000 + 1_234 + 77);
    assert_eq!(link.write(&[IoSlice::new(b"more")]), Err(Closed));
    drop(link);
    ended.recv_timeout(SOON).expect("the printer is let go");
}

#[tokio::test]
async fn what_a_driver_may_have_sent_at_the_end_counts_as_sent() {
    let printer = FakePrinter::new((0..1_000_000).map(|_| Step::Takes(0, Err(Fault::TimedOut))));
    printer.script().under_way = 4_096;
    let (mut link, _) = linked(&printer);
    link.write(&[IoSlice::new(&[7; 5_000])]).unwrap();
    until("the first try", || printer.script().steps.len() < 1_000_000).await;
    let lost = timeout(SOON, poll_fn(|cx| link.poll_abandon(cx))).await.unwrap();
    assert_eq!(lost, 5_000 - 4_096);
}

#[tokio::test]
async fn a_stall_is_cleared_but_not_for_ever() {
    let printer = FakePrinter::new([
        Step::Takes(100, Err(Fault::Stalled)),
        Step::Takes(0, Err(Fault::Stalled)),
    ]);
    let (mut link, _) = linked(&printer);
    write_all(&mut link, &job()).await;
    until("everything is sent", || link.unsent() == Unsent::Bytes(0)).await;
    assert!(printer.script().taken == job());
    assert_eq!(printer.script().halts_cleared, 2);

    let endless = (0..100).map(|_| Step::Takes(0, Err(Fault::Stalled)));
    let printer = FakePrinter::new(endless);
    let (mut link, _) = linked(&printer);
    let written = write_all(&mut link, &job()).await;
    let lost = timeout(SOON, poll_fn(|cx| link.poll_abandon(cx))).await.unwrap();
    assert_eq!(written as u64, lost, "not one byte was taken");
}

#[tokio::test]
async fn a_printer_that_takes_nothing_is_asked_through_its_port() {
    let printer = FakePrinter::new((0..1_000_000).map(|_| Step::Takes(0, Err(Fault::TimedOut))));
    printer.script().port = Some(0x18);
    let (mut link, _) = linked(&printer);
    until("the first word", || link.port_status() == Some(0x18)).await;
    link.write(&[IoSlice::new(b"hello")]).unwrap();
    printer.script().port = Some(0x38);
    until("the port's word", || link.port_status() == Some(0x38)).await;
    assert_eq!(link.unsent(), Unsent::Bytes(5));
}

#[tokio::test]
async fn answers_come_and_old_ones_are_forgotten() {
    let printer = FakePrinter::new([]);
    printer.script().says.push_back(b"old".to_vec());
    let (mut link, _) = linked(&printer);
    printer.script().says.push_back(vec![0x12]);
    let mut buffer = [0; 16];
    timeout(SOON, poll_fn(|cx| link.poll_ready(cx, Interest::Read))).await.unwrap();
    assert_eq!(link.read(&mut buffer), Ok(Arrived::Bytes(1)));
    assert_eq!(buffer[0], 0x12);
    assert_eq!(link.read(&mut buffer), Ok(Arrived::Nothing));
}

#[tokio::test]
async fn a_printer_without_a_port_of_its_own_says_so_at_once() {
    let (mut link, _) = linked(&FakePrinter::new([]));
    assert_eq!(link.ask_port(), Port::SaysNothing);
}

#[tokio::test]
async fn a_call_that_hangs_hangs_nobody_else() {
    let (release, until_then) = mpsc::channel();
    let printer = FakePrinter::new([Step::Hangs(until_then)]);
    let (mut link, ended) = linked(&printer);
    let before = Instant::now();
    while link.write(&[IoSlice::new(&[0; 4096])]) == Ok(4096) {}
    until("the call", || printer.script().steps.is_empty()).await;
    assert_eq!(link.unsent(), Unsent::Bytes(ROOM as u64), "the link takes no more than its room");
    let abandoned = timeout(Duration::from_millis(20), poll_fn(|cx| link.poll_abandon(cx))).await;
    assert!(abandoned.is_err(), "how much was taken is not known");
    drop(link);
    assert!(before.elapsed() < SOON);
    assert!(ended.try_recv().is_err(), "the printer is not let go while the call hangs");
    drop(release);
    ended.recv_timeout(SOON).expect("and is when it returns");
}
