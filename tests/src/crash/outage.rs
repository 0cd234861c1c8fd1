//! A gateway that throws its clients out and goes away.

use super::Chance;
use platen_simulators::GatewayHandle;
use platen_simulators::gateway::Kick;
use std::time::{Duration, Instant};

/// The gateway's troubles.
pub struct GatewayTrouble(Plan);

enum Plan {
    Nothing,
    Kick(Instant, Kick),
    GoDown(Instant, Duration),
    ComeBack(Instant),
}

impl GatewayTrouble {
    /// None for the moment.
    pub fn new() -> GatewayTrouble {
        GatewayTrouble(Plan::Nothing)
    }

    /// Perhaps something happens soon; what is under way goes on.
    pub fn plan(&mut self, chance: &mut Chance) {
        if !matches!(self.0, Plan::Nothing) {
            return;
        }
        let at = Instant::now() + chance.millis(0..900);
        self.0 = match chance.number(0..100) {
            0..12 => {
                let ways = [Kick::Namespace, Kick::Close, Kick::Fin, Kick::Reset];
                Plan::Kick(at, *chance.pick(&ways))
            }
            12..17 => Plan::GoDown(at, chance.millis(20..900)),
            _ => Plan::Nothing,
        };
    }

    /// Does what is due; says what it was.
    pub async fn go_on(&mut self, gateway: &GatewayHandle) -> Option<String> {
        let now = Instant::now();
        match self.0 {
            Plan::Kick(at, how) if now >= at => {
                gateway.kick(how).await;
                self.0 = Plan::Nothing;
                Some(format!("the gateway kicked its clients: {how:?}"))
            }
            Plan::GoDown(at, span) if now >= at => {
                gateway.go_down().await;
                self.0 = Plan::ComeBack(now + span);
                Some("the gateway went down".to_owned())
            }
            Plan::ComeBack(at) if now >= at => {
                self.end(gateway);
                Some("the gateway came back".to_owned())
            }
            _ => None,
        }
    }

    /// The gateway is there, and stays.
    pub fn end(&mut self, gateway: &GatewayHandle) {
        gateway.come_back().unwrap();
        self.0 = Plan::Nothing;
    }
}

impl Default for GatewayTrouble {
    fn default() -> Self {
        Self::new()
    }
}
