//! Fée Maison's ERP: a ticket for each sale, and then the drawer.

use super::super::Order;
use super::sale::{Manner, Word};
use super::systems::{Door, News, System, is_broken};
use crate::Till;
use serde_json::{Value, json};

/// Calls about a drawer carry the number of their sale and this.
const DRAWER: u32 = 1 << 31;

/// The ERP, which hears that a ticket is stored and asks nothing more.
pub struct Erp {
    door: Door,
    drawers: u64,
    wrong: Vec<String>,
}

impl Erp {
    pub fn open(till: &Till, printer: &str) -> Erp {
        let door = Door::open(till, "fee-maison", "http", &["--printer", printer]);
        Erp { door, drawers: 0, wrong: Vec::new() }
    }

    fn take_in(&mut self, number: u32, answer: &Value) -> Option<(u32, News)> {
        let stored = answer["status"] == 200 && answer["body"]["success"] == true;
        let word = match answer {
            _ if stored => Word::Stored,
            answer if is_broken(answer) => Word::Silence,
            answer => Word::Odd(answer.to_string()),
        };
        if number & DRAWER == 0 {
            if stored {
                self.drawers += 1;
                self.door.call(number | DRAWER, "/drawer/open", &json!({}), r#"{"priority": 1}"#);
            }
            return Some((number, News::Told(word)));
        }
        if let Word::Odd(what) = word {
            self.wrong.push(format!("a drawer was answered in no known way: {what}"));
        }
        None
    }
}

impl System for Erp {
    fn name(&self) -> &'static str {
        "Fée Maison"
    }

    fn manner(&self) -> Manner {
        Manner::Trusts
    }

    fn printer(&self) -> Option<usize> {
        Some(1)
    }

    fn can_send(&mut self) -> bool {
        self.door.is_open()
    }

    fn send(&mut self, order: &Order) {
        let item =
            |line| json!({"product_name": order.line(line), "quantity": 1, "unit_price": 1.5});
        let items: Vec<Value> = (0..order.lines).map(item).collect();
        let sale = json!({"order_id": order.number, "items": items, "total": 1.5});
        self.door.call(order.number, "/print/ticket", &json!({}), &sale.to_string());
    }

    fn hear(&mut self) -> Vec<(u32, News)> {
        let answers = self.door.answers();
        answers.iter().filter_map(|(number, answer)| self.take_in(*number, answer)).collect()
    }

    fn complaints(&self, kicks: u64) -> Vec<String> {
        let mut wrong = self.wrong.clone();
        if kicks > self.drawers {
            wrong.push(format!(
                "the drawer opened {kicks} times, and was asked for {} times",
                self.drawers
            ));
        }
        wrong
    }
}
