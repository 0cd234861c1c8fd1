use super::*;
use crate::scan::FS;
use crate::scan::tests::streams;
use proptest::prelude::*;

fn generic() -> Profile {
    Profile::builtin("generic-80").unwrap()
}

/// What a printer makes of a part of a job and the clean-up after it, told by where the clean-up begins.
fn cleaned(bytes: &[u8], at: usize, clean: &[u8]) -> (Pending, Vec<Command>) {
    let mut scanner = Scanner::new();
    scanner.push(&bytes[..at], &mut |_| {});
    let mut commands = Vec::new();
    scanner.push(clean, &mut |token| {
        if let Token::Command(command, _) = token {
            commands.push(command);
        }
    });
    (scanner.pending(), commands)
}

#[test]
fn a_cut_follows_only_where_something_was_printed() {
    let cut = |bytes: &[u8]| clean_up(bytes, bytes.len()..=bytes.len(), &generic()).contains(&b'V');
    assert!(cut(b"\x1b@torn"));
    assert!(cut(b"\x1b@torn\n\x1dV"), "the cut is not complete: it may not happen");
    assert!(!cut(b"\x1b@whole\n\x1dV\x01"));
    assert!(!cut(b"\x1bp\x00"), "a drawer kick prints nothing");
    assert!(!cut(b""));
    assert!(cut(b"\x1dv0\x00\x01\x00\x02\x00\xff"), "the open image is completed with white");
    let all = b"\x1b@whole\n\x1dV\x01";
    assert!(clean_up(all, 5..=all.len(), &generic()).contains(&b'V'));
    let no_cutter = Profile::builtin("generic-58").unwrap();
    assert_eq!(clean_up(b"torn", 4..=4, &no_cutter), b"\x1b@\x1c.\x1bd\x04");
    let prints_dot = Profile::builtin("epson-tm-u220").unwrap();
    assert!(!clean_up(b"torn", 4..=4, &prints_dot).contains(&FS), "it would print the full stop");
}

#[test]
fn padding_is_what_the_open_command_needs() {
    let clean = clean_up(b"\x1dv0\x00\x48\x00\x90\x01", 8..=8, &generic());
    assert_eq!(clean.iter().take_while(|byte| **byte == 0).count(), 28_800);
    assert!(clean_up(b"\x1b=", 2..=2, &generic()).starts_with(b"\x00\x1b=\x01\x1b@\x1c."));
    let greedy = b"\x1d8L\xff\xff\xff\xff0p0\x01\x011";
    let clean = clean_up(greedy, 0..=greedy.len(), &generic());
    assert_eq!(clean.iter().take_while(|byte| **byte == 0).count(), MOST_PADDING);
}

#[test]
fn boundaries_lie_between_commands_and_characters() {
    let bytes = b"\x1b@ab\x1bt\x10\xc4\xe3\xbac\n";
    let all: Vec<usize> = (0..=bytes.len()).filter(|at| is_boundary(bytes, *at)).collect();
    assert_eq!(all, [0, 2, 3, 4, 7, 12]);
    let mut boundaries = Boundaries::new(bytes);
    assert_eq!([1, 2, 5, 11, 12, 99].map(|at| boundaries.last_until(at)), [0, 2, 4, 7, 12, 12]);
    let raster = [b"\x1dv0\x00\x48\x00\xc8\x00".as_slice(), &[0xAA; 72 * 200], b"\n"].concat();
    let mut boundaries = Boundaries::new(&raster);
    assert_eq!([7, 9, 14_407].map(|at| boundaries.last_until(at)), [0; 3]);
    assert_eq!([14_408, 14_409].map(|at| boundaries.last_until(at)), [14_408, 14_409]);
    assert!(!is_boundary(bytes, 99));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_prefix_is_brought_back(stream in streams(), from in 0usize..200, more in 0usize..40) {
        let first = from.min(stream.len());
        let last = (first + more).min(stream.len());
        let clean = clean_up(&stream, first..=last, &generic());
        // Streams that claim more than the padding's bound cannot be completed, and say so by its length.
        prop_assume!(clean.iter().take_while(|byte| **byte == 0).count() < MOST_PADDING);
        for at in first..=last {
            let (pending, commands) = cleaned(&stream, at, &clean);
            prop_assert_eq!(pending, Pending::Clean);
            prop_assert!(commands.contains(&Command::Init), "{} {:?}", at, commands);
        }
    }
}
