//! One thing that a shop wants on paper once.

use super::Chance;
use platen_job::DocumentType;
use serde_json::{Value, json};

/// What it is for: it decides what happens to a doubtful one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In doubt: a person is asked.
    Receipt,
    /// In doubt: printed again, marked, once.
    Kitchen,
    /// May wait for a moment only, see [`Kind::document_type`].
    Label,
}

impl Kind {
    /// The type under which Platen has it.
    pub fn document_type(self) -> DocumentType {
        match self {
            Kind::Receipt => DocumentType::Receipt,
            Kind::Kitchen => DocumentType::KitchenTicket,
            Kind::Label => DocumentType::Label,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Kind::Receipt => "receipt",
            Kind::Kitchen => "kitchen_order",
            Kind::Label => "label",
        }
    }
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Lines of text.
    Text,
    /// An order in fields.
    Fields,
    /// Printer commands, with pictures between the lines.
    Commands,
}

/// An order. Each of its lines says whose it is and which of how many, so that paper can be read back.
#[derive(Debug, Clone)]
pub struct Order {
    /// Counts from 1, over all printers.
    pub number: u32,
    /// The sender's id.
    pub id: String,
    /// Name of its printer.
    pub printer: String,
    /// What it is for.
    pub kind: Kind,
    /// How it is written.
    pub form: Form,
    /// How many lines it has.
    pub lines: u32,
    /// The event that carries it.
    pub event: &'static str,
}

impl Order {
    /// An order of any sort for that printer.
    pub fn random(number: u32, printer: &str, chance: &mut Chance) -> Order {
        let kind = match chance.number(0..100) {
            0..45 => Kind::Receipt,
            45..90 => Kind::Kitchen,
            _ => Kind::Label,
        };
        let form = *chance.pick(&[Form::Text, Form::Fields, Form::Commands]);
        let long = if chance.percent(5) { 40..200 } else { 3..12 };
        let lines = chance.number(long);
        let event = if chance.percent(20) { "print:physical" } else { "print:job" };
        let id = format!("order-{number}");
        Order { number, id, printer: printer.to_owned(), kind, form, lines, event }
    }

    /// What its event carries.
    pub fn payload(&self) -> Value {
        let mut payload = json!({
            "id": self.id,
            "printerId": self.printer,
            "printerName": self.printer,
            "type": self.kind.word(),
            "priority": "normal",
        });
        match self.form {
            Form::Text => {
                let lines: Vec<String> = (0..self.lines).map(|line| self.line(line)).collect();
                payload["content"] = lines.join("\n").into();
            }
            Form::Fields => {
                let item = |line| json!({"name": self.line(line), "quantity": 1, "price": 1.5});
                let items: Vec<Value> = (0..self.lines).map(item).collect();
                payload["orderData"] = json!({"orderNumber": self.number, "items": items});
            }
            Form::Commands => {
                payload["content"] = "".into();
                payload["escposCommands"] = self.commands().into();
            }
        }
        payload
    }

    /// The printer commands of [`Form::Commands`].
    pub fn commands(&self) -> Vec<u8> {
        let mut bytes = vec![0x1B, b'@'];
        for line in 0..self.lines {
            bytes.extend(self.line(line).bytes());
            bytes.push(b'\n');
            bytes.extend(self.picture(line));
        }
        bytes.extend([0x1B, b'd', 4, 0x1D, b'V', 0]);
        bytes
    }

    /// A raster picture of 64 × 8 dots. Here and there its data look like a cut or a reset, and once in a job like questions to
    /// the printer: a job full of those is printed without being watched.
    fn picture(&self, line: u32) -> Vec<u8> {
        let mut bytes = vec![0x1D, b'v', b'0', 0, 8, 0, 8, 0];
        let mut data: Vec<u8> =
            (0..64).map(|at| (self.number * 31 + line * 7 + at) as u8 | 0x80).collect();
        data[9..12].copy_from_slice(&[0x1D, b'V', 0]);
        data[30..32].copy_from_slice(&[0x1B, b'@']);
        if line == 0 {
            data[40..46].copy_from_slice(&[0x10, 0x04, 0x01, 0x1D, b'r', 1]);
        }
        bytes.extend(data);
        bytes
    }

    /// What one of its lines says, from 0.
    pub(super) fn line(&self, line: u32) -> String {
        format!("Q{:06}-{line:03}-{:03}", self.number, self.lines)
    }
}

/// Which order, which line and of how many the text names, where it names one.
pub(super) fn read_line(text: &str) -> Option<(u32, u32, u32)> {
    const LENGTH: usize = "Q000000-000-000".len();
    let found = text.match_indices('Q').find_map(|(at, _)| {
        let word = text.get(at + 1..at + LENGTH)?;
        let numbers: Vec<u32> = word.split('-').map_while(|part| part.parse().ok()).collect();
        let [number, line, of] = numbers[..] else { return None };
        word.is_ascii().then_some((number, line, of))
    });
    found.filter(|(_, line, of)| line < of)
}
