//! A sale of the ERP as a page, in the order of the original's ticket.
//!
//! It is HTML because the order of its lines is the ERP's own: courier and payment stand below the total.

use super::desk::order_number;
use super::{FeeMaisonSettings, Names, money};
use crate::clock;
use crate::fields::{Fields, field, list, text};
use platen_job::quantity_of;
use serde_json::Value;

const CUSTOMER: Names = &["customer_name"];
const PHONE: Names = &["customer_phone"];
const ADDRESS: Names = &["customer_address"];
const ITEMS: Names = &["items"];
const DELIVERY_COST: Names = &["delivery_cost"];
const TOTAL: Names = &["total", "total_amount"];
const COURIER: Names = &["deliveryman_name"];
const COURIER_PHONE: Names = &["deliveryman_phone"];
const EMPLOYEE: Names = &["employee_name"];
const RECEIVED: Names = &["amount_received"];
const CHANGE: Names = &["change_amount"];
const PAYMENT: Names = &["payment_method", "payment_mode"];
const KIND: Names = &["order_type", "type"];

const PRODUCT: Names = &["product_name", "name"];
const QUANTITY: Names = &["quantity"];
const UNIT_PRICE: Names = &["unit_price"];
const DESCRIPTION: Names = &["description"];

/// Customers that are none.
const NOBODY: [&str; 2] = ["vente directe", "vente pos"];

/// The ticket.
pub(super) fn ticket(fields: &Fields, settings: &FeeMaisonSettings) -> String {
    let mut page = Page::new();
    page.heading(&settings.header);
    page.line(&format!("Ticket N° {}", order_number(fields)), "");
    page.line(&clock::on_paper_in_french(), "");
    customer(fields, &mut page);
    page.rule();
    for item in list(fields, ITEMS).filter_map(Value::as_object) {
        sold(item, settings, &mut page);
    }
    page.rule();
    sums(fields, settings, &mut page);
    page.footer(&settings.footer);
    page.finish()
}

fn customer(fields: &Fields, page: &mut Page) {
    let name = text(fields, CUSTOMER);
    let somebody = name.as_ref().filter(|name| !NOBODY.contains(&name.to_lowercase().as_str()));
    page.fact("Client", somebody.cloned());
    page.fact("Tél", text(fields, PHONE));
    page.fact("Adresse", text(fields, ADDRESS));
    page.fact("Type", Some(kind(fields, name.as_deref())));
    page.fact("Servi par", text(fields, EMPLOYEE));
}

/// How it was sold: as the ERP says, else what its fields tell.
fn kind(fields: &Fields, customer: Option<&str>) -> String {
    let is_delivered = text(fields, COURIER).is_some()
        || field(fields, DELIVERY_COST).and_then(money::cents).is_some_and(|cost| cost > 0);
    let nobody = customer.is_none_or(|name| NOBODY.contains(&name.to_lowercase().as_str()));
    text(fields, KIND).unwrap_or_else(|| {
        match (is_delivered, nobody) {
            (true, _) => "Livraison",
            (false, true) => "Vente directe",
            (false, false) => "Retrait en magasin",
        }
        .to_owned()
    })
}

/// Name; quantity x price … total; remark.
fn sold(item: &Fields, settings: &FeeMaisonSettings, page: &mut Page) {
    let price = field(item, UNIT_PRICE).and_then(money::cents);
    let quantity = field(item, QUANTITY).and_then(quantity_of).map(|quantity| quantity.0);
    let quantity = quantity.unwrap_or_else(|| "1".into());
    page.line(&text(item, PRODUCT).unwrap_or_default(), "font-weight: bold");
    let amount = |cents| money::written(cents, &settings.currency);
    if let Some(price) = price {
        let total = quantity.trim().replace(',', ".").parse::<f64>().ok();
        let total = total.map(|quantity| (quantity * price as f64).round() as i64);
        let times = format!("{} x {}", quantity.replace('.', ","), amount(price));
        page.row(&times, &total.map(amount).unwrap_or_default(), "");
    } else if quantity.trim() != "1" {
        page.line(&format!("{quantity} x"), "");
    }
    if let Some(description) = text(item, DESCRIPTION) {
        page.line(&description, "padding-left: 18px");
    }
}

fn sums(fields: &Fields, settings: &FeeMaisonSettings, page: &mut Page) {
    let amount = |names: Names| {
        let cents = field(fields, names).and_then(money::cents);
        cents.map(|cents| (cents, money::written(cents, &settings.currency)))
    };
    let with_value = |names| amount(names).filter(|(cents, _)| *cents != 0);
    if let Some((_, fee)) = with_value(DELIVERY_COST) {
        page.row("Frais de livraison", &fee, "");
    }
    if let Some((_, total)) = amount(TOTAL) {
        page.row("TOTAL", &total, "font-size: 18px; font-weight: bold");
    }
    let courier = [text(fields, COURIER), text(fields, COURIER_PHONE)];
    let courier: Vec<String> = courier.into_iter().flatten().collect();
    page.fact("Livreur", (!courier.is_empty()).then(|| courier.join(" ")));
    let received = with_value(RECEIVED);
    let cash = received.as_ref().map(|_| "Espèces".to_owned());
    page.fact("Paiement", text(fields, PAYMENT).or(cash));
    if let Some((_, received)) = received {
        page.row("Montant reçu", &received, "");
        if let Some((_, change)) = amount(CHANGE) {
            page.row("Monnaie rendue", &change, "");
        }
    }
}

/// A page that grows from the top. Everything that goes in is text, and is made harmless.
struct Page(String);

impl Page {
    fn new() -> Page {
        Page("<html lang=\"fr\"><body style=\"font-size: 12px\">".into())
    }

    fn heading(&mut self, lines: &[String]) {
        for (index, line) in lines.iter().enumerate() {
            let size = if index == 0 { "; font-size: 24px; font-weight: bold" } else { "" };
            self.line(line, &format!("text-align: center{size}"));
        }
        if !lines.is_empty() {
            self.rule();
        }
    }

    fn line(&mut self, text: &str, style: &str) {
        if !text.trim().is_empty() {
            self.0.push_str(&format!("<div style=\"{style}\">{}</div>", escaped(text)));
        }
    }

    fn fact(&mut self, label: &str, text: Option<String>) {
        if let Some(text) = text {
            self.line(&format!("{label}\u{a0}: {text}"), "");
        }
    }

    fn row(&mut self, left: &str, right: &str, style: &str) {
        self.0.push_str(&format!(
            "<table style=\"width: 100%; {style}\"><tr><td>{}</td><td style=\"text-align: right\">{}</td></tr></table>",
            escaped(left),
            escaped(right)
        ));
    }

    fn rule(&mut self) {
        self.0.push_str("<hr>");
    }

    fn footer(&mut self, lines: &[String]) {
        if !lines.is_empty() {
            self.0.push_str("<br>");
        }
        lines.iter().for_each(|line| self.line(line, "text-align: center"));
    }

    fn finish(self) -> String {
        self.0 + "</body></html>"
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            sign => out.push(sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(sent: Value) -> String {
        let settings = FeeMaisonSettings {
            printer: None,
            header: vec!["Fée Maison".into()],
            footer: vec!["Merci".into()],
            currency: "DA".into(),
        };
        ticket(sent.as_object().unwrap(), &settings).replace('\u{a0}', " ")
    }

    #[test]
    fn a_customer_that_is_none_is_not_named() {
        for nobody in ["Vente directe", "VENTE POS"] {
            let page = page(json!({"order_id": 1, "customer_name": nobody}));
            assert!(!page.contains("Client :") && page.contains("Type : Vente directe"), "{page}");
        }
        let page = page(json!({"order_id": 1, "customer_name": "Zoë", "delivery_cost": 200}));
        assert!(page.contains("Client : Zoë") && page.contains("Type : Livraison"), "{page}");
    }

    #[test]
    fn what_is_sent_is_text_and_nothing_else() {
        let page = page(json!({"order_id": "<img src=x>", "customer_name": "</div><hr>"}));
        assert!(!page.contains("<img") && !page.contains("</div><hr></div>"), "{page}");
    }
}
