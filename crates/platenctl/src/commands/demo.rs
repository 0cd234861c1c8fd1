//! `platenctl demo`: the whole line once, on this machine, with nothing set up before.

use crate::failure::Failure;
use platen_bridge::{
    Connectors, DiscoverySettings, Engine, EngineOptions, FileSecrets, GatewaySettings, Home,
    JobQuery, JobView, Request, Response, SecretName, SecretStore, Settings, SystemDevices,
    Workers,
};
use platen_escpos::Profile;
use platen_job::{Evidence, JobState, PrinterName};
use platen_simulators::gateway::{JobEvent, JobRequest, JobResult, LicenceFixture};
use platen_simulators::printer::PrinterOptions;
use platen_simulators::{
    EmbeddedGateway, GatewayHandle, GatewayOptions, PrinterHandle, VirtualPrinter,
};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The picture of the receipt, in the current folder.
const PICTURE: &str = "platen-demo.png";

/// The profile of the printer.
const MODEL: &str = "epson-tm-t20iii";

/// Longest any step may take.
const STEP: Duration = Duration::from_secs(15);

/// Starts a gateway, a printer and the engine, sends one order, shows what came out and says what was proved.
pub async fn demo() -> Result<(), Failure> {
    let began = Instant::now();
    let folder = tempfile::tempdir()?;
    let licence = LicenceFixture::demo();
    let gateway = EmbeddedGateway::start(GatewayOptions {
        licences: vec![licence.clone()],
        ..GatewayOptions::default()
    })?;
    let printer = VirtualPrinter::start(PrinterOptions {
        profile: Profile::builtin(MODEL),
        ..PrinterOptions::default()
    })?;
    say!("Gateway  {}", gateway.url());
    say!("Printer  {}", printer.uri());
    let engine = engine(&Home::open(folder.path())?, &gateway, &licence.key, &printer).await?;
    let result = order(&gateway, &printer, &engine, began).await;
    engine.stop().await;
    printer.stop();
    gateway.stop();
    result
}

async fn engine(
    home: &Home,
    gateway: &GatewayHandle,
    key: &str,
    printer: &PrinterHandle,
) -> Result<Engine, Failure> {
    let mut settings = Settings {
        gateway: Some(GatewaySettings::new(gateway.url().parse()?)),
        discovery: DiscoverySettings::off(),
        ..Settings::default()
    };
    let profile = Some(MODEL.to_owned());
    settings.put_printer(PrinterName::new("Counter")?, printer.uri(), profile, None);
    settings.save(&home.settings())?;
    let secrets = FileSecrets::new(home.secrets());
    secrets.set(SecretName::GatewayLicenseKey, SecretString::from(key))?;
    Ok(Engine::start(EngineOptions {
        home: home.clone(),
        secrets: Arc::new(secrets),
        workers: Workers::On,
        connectors: Connectors::On,
        devices: Arc::new(SystemDevices),
        window: None,
    })
    .await?)
}

async fn order(
    gateway: &GatewayHandle,
    printer: &PrinterHandle,
    engine: &Engine,
    began: Instant,
) -> Result<(), Failure> {
    gateway.wait_for_event("printer:discovered", STEP).await?;
    say!("Engine   online after {} ms\n", began.elapsed().as_millis());
    let request = JobRequest::new(JobEvent::PrintJob, payload()).with_window(STEP);
    let JobResult::Completed { started, took, .. } = gateway.submit_job(request).await else {
        return Err(Failure::new("the gateway was not told that its order is on paper"));
    };
    let sheet = printer.sheets().into_iter().next().ok_or_else(|| {
        Failure::new("the order was reported as printed, but nothing is on paper")
    })?;
    say!("{}\n", printer.text_of(&sheet.bytes));
    std::fs::write(PICTURE, printer.picture_of(&sheet.bytes))
        .map_err(|error| Failure::new(format!("{PICTURE} cannot be written here: {error}")))?;
    say!("picture   {PICTURE}: the receipt as it would be on paper");
    let job = newest(engine).await?;
    let JobState::Completed { evidence } = job.state else {
        return Err(Failure::new(format!("the order is {}: {}", job.state, job.message)));
    };
    say!("accepted  stored on disk before it was printed (job {})", job.id);
    say!("printed   {} bytes on paper, one cut", sheet.bytes.len());
    say!("evidence  {evidence}: {}", observed(evidence));
    let started = if started.is_some() { "started and " } else { "" };
    say!("reported  the gateway was told {started}completed, once");
    say!("time      {:.1} ms from the gateway's event to its answer", took.as_secs_f64() * 1000.0);
    if gateway.duplicates().is_empty() {
        Ok(())
    } else {
        Err(Failure::new("the gateway was told twice"))
    }
}

async fn newest(engine: &Engine) -> Result<JobView, Failure> {
    match engine.ask(Request::Jobs(JobQuery { limit: 1, ..JobQuery::default() })).await? {
        Response::Jobs(jobs) => {
            jobs.into_iter().next().ok_or_else(|| Failure::new("there is no job"))
        }
        _ => Err(Failure::new("there is no job")),
    }
}

fn observed(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Accepted => "nothing was sent",
        Evidence::Submitted => "the network took all bytes",
        Evidence::Drained => "the printer processed the last byte",
        Evidence::Confirmed => "the printer said that printing is complete",
    }
}

fn payload() -> serde_json::Value {
    serde_json::json!({
        "id": "demo-1",
        "printerId": "Counter",
        "type": "receipt",
        "content": "",
        "priority": "normal",
        "companyName": "Café Platen",
        "orderData": {
            "orderNumber": "A-1042",
            "tableNumber": "7",
            "customerName": "Zoë",
            "items": [
                { "name": "Flat white", "quantity": 2, "price": 3.8, "total": 7.6, "notes": "one with oat milk" },
                { "name": "Sencha 煎茶", "quantity": 1, "price": 2.5 },
                { "name": "Sandwich with roasted vegetables and goat's cheese", "quantity": 1, "price": 8.9 },
            ],
            "subtotal": 19.0,
            "tax": 1.33,
            "total": 20.33,
            "currency": "EUR",
            "paymentMethod": "Card",
            "cashier": "Sam",
            "qrCode": "https://example.com/r/A-1042"
        }
    })
}
