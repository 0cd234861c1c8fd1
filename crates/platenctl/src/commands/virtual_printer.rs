//! `platenctl virtual-printer`: a receipt printer without paper.

use crate::cli::VirtualPrinter;
use crate::failure::Failure;
use platen_program::Stop;
use platen_simulators::printer::{Fault, PrinterOptions};
use tokio::sync::mpsc;

pub async fn virtual_printer(printer: &VirtualPrinter) -> Result<(), Failure> {
    let faults: Vec<Fault> = printer
        .faults
        .iter()
        .map(|text| Fault::parse(text).map_err(|error| Failure::usage(error.to_string())))
        .collect::<Result<_, _>>()?;
    let mut stop = Stop::new()?;
    std::fs::create_dir_all(&printer.out)?;
    let options = PrinterOptions {
        listen: printer.listen,
        out_dir: Some(printer.out.clone()),
        ..PrinterOptions::default()
    };
    let handle = platen_simulators::VirtualPrinter::start(options)?;
    faults.into_iter().for_each(|fault| handle.set_fault(fault));
    say!("Printer at {}; what it prints is kept in {}.", handle.uri(), printer.out.display());
    let mut lines = typed_lines();
    loop {
        let line = tokio::select! {
            () = stop.asked() => break,
            Some(line) = lines.recv() => line,
        };
        match line.trim() {
            "" => {}
            "clear" => handle.clear_faults(),
            text => match Fault::parse(text) {
                Ok(fault) => handle.set_fault(fault),
                Err(error) => complain!("platenctl: {error}"),
            },
        }
    }
    handle.stop();
    Ok(())
}

/// What is typed, line by line; nothing more once standard input is closed. A thread of its own, because reading a
/// terminal cannot be interrupted.
fn typed_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
