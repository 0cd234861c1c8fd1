//! What Platen's own list of jobs says at the end.

use crate::{SOON, Till, eventually};
use platen_bridge::{Client, Home, JobQuery, JobView, Request, Response};
use platen_job::{Evidence, JobState};
use std::collections::HashMap;

/// Every job of a till whose engine runs, by its sender's id; copies are under their origin's.
pub struct Books(HashMap<String, Vec<JobView>>);

impl Books {
    /// Asks the running engine.
    pub async fn ask(till: &Till) -> Books {
        let home = Home::open(till.home()).unwrap();
        // An engine that has just started opens its door last.
        let door = async || Client::connect(&home).await.ok();
        let mut client = eventually("the engine opens its door", door).await;
        let mut books: HashMap<String, Vec<JobView>> = HashMap::new();
        let mut before = None;
        loop {
            let query = Request::Jobs(JobQuery { before, limit: 500, ..JobQuery::default() });
            let Response::Jobs(page) = client.ask(query, SOON).await.unwrap() else {
                panic!("jobs were asked for")
            };
            let Some(last) = page.last() else { return Books(books) };
            before = Some(last.id);
            for job in page {
                let id = job.external_id.clone().unwrap_or_default();
                books.entry(id).or_default().push(job);
            }
        }
    }

    /// Jobs that are not settled, in words.
    pub fn open(&self) -> Vec<String> {
        let jobs = self.0.values().flatten();
        let open = jobs.filter(|job| {
            matches!(job.state, JobState::Pending | JobState::Held { .. } | JobState::Processing)
        });
        open.map(|job| format!("job {} is {}: {}", job.id, job.state, job.message)).collect()
    }

    /// The jobs that one order became: itself and its copies.
    pub fn of(&self, external_id: &str) -> &[JobView] {
        self.0.get(external_id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The evidence with which an order was completed.
    pub fn evidence(&self, external_id: &str) -> Option<Evidence> {
        self.of(external_id).iter().find_map(|job| match job.state {
            JobState::Completed { evidence } => Some(evidence),
            _ => None,
        })
    }

    /// How often each state occurs.
    pub fn count(&self) -> Vec<(String, usize)> {
        let mut count: HashMap<String, usize> = HashMap::new();
        for job in self.0.values().flatten() {
            *count.entry(job.state.to_string()).or_default() += 1;
        }
        let mut count: Vec<_> = count.into_iter().collect();
        count.sort();
        count
    }
}
