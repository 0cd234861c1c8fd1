//! What a till that has stopped has on its disk: each sale's jobs, found by what stands in their documents.

use super::super::order::read_line;
use crate::Till;
use platen_bridge::Home;
use platen_spool::{JobRecord, ListFilter, Spool, SpoolOptions};
use std::collections::HashMap;

/// Every job that prints something of a sale, by its number, oldest first.
pub struct Ledger(HashMap<u32, Vec<JobRecord>>);

impl Ledger {
    /// Reads the spool of a till that does not run.
    pub async fn of(till: &Till) -> Ledger {
        let home = Home::open(till.home()).unwrap();
        let (spool, _) = Spool::open(&home.spool(), SpoolOptions::default()).await.unwrap();
        let mut ledger: HashMap<u32, Vec<JobRecord>> = HashMap::new();
        let mut filter = ListFilter::default();
        loop {
            let page = spool.list(filter.clone()).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.before = Some(last.id);
            for record in page {
                let document = spool.document(record.id).await.unwrap().to_payload().unwrap();
                if let Some((number, ..)) = read_line(&String::from_utf8_lossy(&document)) {
                    ledger.entry(number).or_default().insert(0, record);
                }
            }
        }
        spool.close().await;
        Ledger(ledger)
    }

    /// The jobs that one sale became.
    pub fn of_sale(&self, number: u32) -> &[JobRecord] {
        self.0.get(&number).map(Vec::as_slice).unwrap_or_default()
    }

    /// Jobs that are neither settled nor a question to a person, in words.
    pub fn open(&self) -> Vec<String> {
        let open = self.0.values().flatten().filter(|record| record.state.is_open());
        open.map(|record| format!("job {} is {}", record.id, record.state)).collect()
    }
}
