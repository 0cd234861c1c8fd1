//! Asks the network's name servers. The only place that knows the resolver.

use super::Pointer;
use futures_util::future::join_all;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{Resolver, TokioResolver};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::timeout;

/// What is asked for, below a domain.
const SERVICE: &str = "_platen._tcp";
/// Longest that all of it takes.
const LONGEST: Duration = Duration::from_secs(3);
/// A question without an answer is asked once more after this.
const ONE_QUESTION: Duration = Duration::from_millis(1400);
/// This many of this computer's domains are asked.
const MOST_DOMAINS: usize = 4;
/// For tests: `ADDRESS:PORT/DOMAIN` of a name server in place of this computer's own.
const TEST_DNS: &str = "PLATEN_TEST_DNS";

/// Who is asked, and about which domains.
pub(super) struct Network {
    servers: Vec<NameServerConfig>,
    domains: Vec<Name>,
}

impl Network {
    /// That of this computer. Reads files of the system: for a blocking thread.
    pub(super) fn here() -> Option<Network> {
        if let Ok(place) = std::env::var(TEST_DNS) {
            return Network::at(&place);
        }
        let (config, _) = read_system_conf()
            .inspect_err(|error| tracing::debug!(%error, "this computer names no name server"))
            .ok()?;
        Some(Network::of(config))
    }

    fn of(config: ResolverConfig) -> Network {
        let (domain, search, servers) = config.into_parts();
        let mut domains = Vec::new();
        for mut one in search.into_iter().chain(domain) {
            one.set_fqdn(true);
            if !one.is_root() && !domains.contains(&one) {
                domains.push(one);
            }
        }
        domains.truncate(MOST_DOMAINS);
        Network { servers, domains }
    }

    fn at(place: &str) -> Option<Network> {
        let (address, domain) = place.split_once('/')?;
        let address: SocketAddr = address.parse().ok()?;
        let mut connection = ConnectionConfig::udp();
        connection.port = address.port();
        let server = NameServerConfig::new(address.ip(), true, vec![connection]);
        let domain = Name::from_ascii(domain).ok()?;
        Some(Network::of(ResolverConfig::from_parts(Some(domain), Vec::new(), vec![server])))
    }

    fn resolver(&self) -> Result<TokioResolver, NetError> {
        let config = ResolverConfig::from_parts(None, Vec::new(), self.servers.clone());
        let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
        let options: &mut ResolverOpts = builder.options_mut();
        options.timeout = ONE_QUESTION;
        options.attempts = 2;
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        builder.build()
    }
}

/// What the records of the first domain with any say; within [`LONGEST`].
pub(super) async fn pointers(network: fn() -> Option<Network>) -> Vec<Pointer> {
    let found = async {
        // The system's settings are files, and on some systems slow to come by.
        let network = tokio::task::spawn_blocking(network).await.ok()??;
        let resolver = network.resolver().ok()?;
        let asked = network.domains.iter().map(|domain| ask(&resolver, domain));
        // A domain that does not answer keeps none of those that do.
        let asked =
            asked.map(|answer| async { timeout(LONGEST, answer).await.unwrap_or_default() });
        join_all(asked).await.into_iter().find(|pointers| !pointers.is_empty())
    };
    // The domains have just as long, so that whatever came of them counts.
    timeout(LONGEST + Duration::from_millis(100), found).await.ok().flatten().unwrap_or_default()
}

async fn ask(resolver: &TokioResolver, domain: &Name) -> Vec<Pointer> {
    let name = Name::from_ascii(SERVICE).and_then(|name| name.append_domain(domain));
    let Ok(name) = name else { return Vec::new() };
    match resolver.srv_lookup(name).await {
        Ok(found) => found.answers().iter().filter_map(|one| pointer(&one.data)).collect(),
        Err(error) => {
            tracing::debug!(%domain, %error, "the network names no server");
            Vec::new()
        }
    }
}

fn pointer(data: &RData) -> Option<Pointer> {
    let RData::SRV(srv) = data else { return None };
    let host = srv.target.iter().map(<[u8]>::to_vec).collect();
    Some(Pointer { priority: srv.priority, weight: srv.weight, port: srv.port, host })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A network whose name server takes the question and keeps it, for as long as the tests run.
    pub fn silent() -> Option<Network> {
        static HOLDS: std::sync::OnceLock<std::net::UdpSocket> = std::sync::OnceLock::new();
        let socket = HOLDS.get_or_init(|| std::net::UdpSocket::bind("127.0.0.1:0").unwrap());
        Network::at(&format!("{}/shop.example", socket.local_addr().unwrap()))
    }

    #[test]
    fn a_computers_own_domains_are_asked_each_once_and_never_the_root() {
        let name = |text: &str| Name::from_ascii(text).unwrap();
        let search = ["shop.example", "corp.example", "a.example", "b.example", "c.example"];
        let search = search.map(name).to_vec();
        let of = |domain: &str, search: Vec<Name>| {
            let config = ResolverConfig::from_parts(Some(name(domain)), search, Vec::new());
            let domains = Network::of(config).domains;
            domains.iter().map(Name::to_string).collect::<Vec<_>>()
        };
        let most = ["shop.example.", "corp.example.", "a.example.", "b.example."];
        assert_eq!(of("shop.example", search.clone()), most);
        assert_eq!(of("shop.example", search[..2].to_vec()), most[..2]);
        assert_eq!(of(".", Vec::new()), Vec::<String>::new());
        assert_eq!(of("lan", Vec::new()), ["lan."]);
    }

    #[tokio::test]
    async fn whoever_gives_no_answer_is_not_waited_for_longer() {
        let began = std::time::Instant::now();
        assert_eq!(pointers(silent).await, Vec::new());
        assert!(began.elapsed() < LONGEST + Duration::from_secs(1), "{:?}", began.elapsed());
    }
}
