//! `platenctl gateway`: the embedded gateway, for development and tests.

use crate::cli::{Gateway, Generation};
use crate::failure::Failure;
use platen_program::Stop;
use platen_simulators::gateway::{Callers, LicenceFixture};
use platen_simulators::{EmbeddedGateway, GatewayOptions};

pub async fn gateway(gateway: &Gateway) -> Result<(), Failure> {
    let mut options = GatewayOptions::generation(generation(gateway.generation));
    options.listen = gateway.listen;
    options.callers = Callers::ById;
    options
        .licences
        .extend(gateway.license_key.iter().map(|key| LicenceFixture::valid(key, "branch-1")));
    let mut stop = Stop::new()?;
    let keys: Vec<String> = options.licences.iter().map(|licence| licence.key.clone()).collect();
    let handle = EmbeddedGateway::start(options)?;
    say!(
        "Gateway at {} (for development only; it is open to every program on this machine).",
        handle.url()
    );
    say!("Licence keys it accepts: {}", keys.join(", "));
    say!("Send a job:  curl -s {}/dev/jobs -H 'content-type: application/json' \\", handle.url());
    say!(
        "  -d '{{\"payload\": {{\"id\": \"1\", \"printerId\": \"Kitchen\", \"content\": \"Hello\"}}}}'"
    );
    say!("See what came in:  curl -s {}/dev/events", handle.url());
    stop.asked().await;
    handle.stop();
    Ok(())
}

fn generation(generation: Generation) -> platen_simulators::gateway::Generation {
    match generation {
        Generation::A => platen_simulators::gateway::Generation::A,
        Generation::B => platen_simulators::gateway::Generation::B,
        Generation::C => platen_simulators::gateway::Generation::C,
    }
}
