//! Two thousand jobs at once.

use crate::figure::{Better, Figures, median};
use crate::shop::{Agent, PRINTERS, Shop, newest, told};
use platen_simulators::GatewayHandle;

const JOBS: usize = 2000;
const ROUNDS: usize = 3;

/// Who has to be done before the clock is stopped.
enum Until {
    /// The last byte is on paper.
    Printed,
    /// And every job is settled and told.
    Told,
}

/// Measures both agents, with one printer and with several.
pub async fn measure(shop: &mut Shop, figures: &mut Figures) {
    let one = rates(shop, 1).await;
    figures.against_peer("burst-1-printer", one.0, "jobs/s", one.1, Better::Higher);
    let eight = rates(shop, PRINTERS).await;
    figures.show("burst-8-printers-raw", eight.0, "jobs/s", eight.1);
    figures.against_peer("burst-8-printers", eight.0, "jobs/s", 2.0 * eight.1, Better::Higher);
}

async fn rates(shop: &mut Shop, printers: usize) -> (f64, f64) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(burst(&shop.gateway, &mut shop.platen, printers, Until::Told).await);
        theirs.push(burst(&shop.gateway, &mut shop.peer, printers, Until::Printed).await);
    }
    (median(&ours), median(&theirs))
}

/// Jobs per second.
async fn burst(gateway: &GatewayHandle, agent: &mut Agent, printers: usize, until: Until) -> f64 {
    let (before, seq) = (agent.sheets(), newest(gateway));
    let began = agent.send(gateway, 0);
    for job in 1..JOBS {
        agent.send(gateway, job % printers);
    }
    agent.wait_for_sheets(before + JOBS as u64).await;
    let told = told(gateway, seq, JOBS).await;
    let ended = match until {
        Until::Printed => agent.last_cut(),
        Until::Told => agent.last_cut().max(told),
    };
    JOBS as f64 / ended.duration_since(began).as_secs_f64()
}
