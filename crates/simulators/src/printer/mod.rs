//! The virtual printer: a receipt printer on TCP 9100, **for development and tests**, that behaves
//! like real ones do, also when something is wrong with it.
//!
//! Bytes go into a receive buffer of limited size; when it is full, the socket is not read, and the
//! client feels it. A mechanism takes bytes out of the buffer and puts them on paper; it stands
//! still while the printer is offline, out of paper, open or jammed. Real-time commands
//! (`DLE EOT`, `DLE ENQ`, `DLE DC4`) are carried out as they arrive, wherever they stand between
//! commands; inside a command's data they are data. `GS r`, `GS I` and `GS ( H` are answered when
//! the mechanism gets to them. `GS a` turns the automatic status on, `ESC @` turns it off.
//!
//! Several connections may be open. Data is read from one of them at a time: another gets its turn
//! when the first has nothing to read and no command open. A real-time request that comes first on
//! a waiting connection is answered all the same.

mod condition;
mod core;
mod fault;
mod handle;
mod mechanism;
mod options;
mod paper;
mod port;
#[cfg(target_os = "linux")]
mod usb;
mod wires;

use std::fs;

use crate::{SimulatorError, stage::Stage};

pub use fault::{Fault, FaultError, FaultKind};
pub use handle::{PrinterHandle, PrinterProbe};
pub use options::{Identity, Keep, PrinterOptions};
pub use paper::Sheet;
#[cfg(target_os = "linux")]
pub use usb::{UsbClass, UsbIdentity, UsbPrinterHandle, UsbPrinterOptions, UsbSpeed};
pub use wires::{WireId, WireLog};

/// Starts virtual printers.
#[derive(Debug)]
pub struct VirtualPrinter;

impl VirtualPrinter {
    /// Starts a printer on a thread of its own. It listens when this returns, unless it was
    /// started with [`Fault::Refuses`].
    ///
    /// # Errors
    /// When the address cannot be listened on, the folder for the sheets cannot be made, or the
    /// system gives no thread.
    pub fn start(options: PrinterOptions) -> Result<PrinterHandle, SimulatorError> {
        make_folder(&options)?;
        let stage = Stage::start("platen-virtual-printer").map_err(SimulatorError::Start)?;
        let listen = |source| SimulatorError::Listen { addr: options.listen, source };
        let (listener, address) = {
            let _runtime = stage.runtime().enter();
            let listener = port::listen(options.listen, options.receive_buffer).map_err(listen)?;
            let address = listener.local_addr().map_err(listen)?;
            (listener, address)
        };
        let port = port::Port::new(core::Core::new(&options), stage.runtime().clone());
        stage.spawn(port::accept(port.clone(), listener, address, options.receive_buffer));
        stage.spawn(port::drive(port.clone()));
        let handle = PrinterHandle::new(PrinterProbe::new(stage, port), address);
        handle.wait_for_listener();
        Ok(handle)
    }

    /// Plugs a printer into a virtual USB port of this machine (Linux: the module vhci-hcd, as root). It is the same
    /// printer on another wire: its faults mean the same, and one that [`Fault::Refuses`] is not on the bus.
    ///
    /// # Errors
    /// When there is no free virtual port, the folder for the sheets cannot be made, or the system gives no thread.
    #[cfg(target_os = "linux")]
    pub fn plug(options: UsbPrinterOptions) -> Result<UsbPrinterHandle, SimulatorError> {
        make_folder(&options.printer)?;
        let stage = Stage::start("platen-virtual-usb-printer").map_err(SimulatorError::Start)?;
        let port = port::Port::new(core::Core::new(&options.printer), stage.runtime().clone());
        stage.spawn(port::drive(port.clone()));
        usb::start(PrinterProbe::new(stage, port), options.usb)
    }
}

fn make_folder(options: &PrinterOptions) -> Result<(), SimulatorError> {
    let Some(folder) = &options.out_dir else { return Ok(()) };
    fs::create_dir_all(folder)
        .map_err(|source| SimulatorError::Folder { folder: folder.display().to_string(), source })
}
