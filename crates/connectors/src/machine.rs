//! What this machine is called.

/// Its name on the network, where the system tells it.
pub(crate) async fn hostname() -> Option<String> {
    let file = tokio::fs::read_to_string("/proc/sys/kernel/hostname").await.ok();
    let name = file.or_else(|| std::env::var("COMPUTERNAME").ok());
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}
