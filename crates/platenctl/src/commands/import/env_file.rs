//! Reads `.env` files, as the libraries of other agents do.

/// The settings of a file, in order. Lines that are none are left out.
pub fn pairs(text: &str) -> Vec<(String, String)> {
    text.trim_start_matches('\u{feff}').lines().filter_map(pair).collect()
}

fn pair(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '-';
    let is_key = !key.is_empty() && key.chars().all(is_name);
    is_key.then(|| (key.to_owned(), unquoted(value.trim())))
}

/// A value without its quotes, or without the remark behind it.
fn unquoted(value: &str) -> String {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote)
            && let Some(end) = inner.find(quote)
        {
            return inner[..end].to_owned();
        }
    }
    let end = value.find(" #").unwrap_or(value.len());
    value[..end].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_its_agent_reads_it() {
        let text = "\u{feff}# remark\nSOCKET_URL = http://a:5001 # till\r\nexport NIPT='K1 #2'\n\
                    USERNAME=\"kasë 1\"\nEMPTY=\nno setting\n=x\n A B = c\nPASS=a#b=c\n";
        let expected = [
            ("SOCKET_URL", "http://a:5001"),
            ("NIPT", "K1 #2"),
            ("USERNAME", "kasë 1"),
            ("EMPTY", ""),
            ("PASS", "a#b=c"),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(pairs(text), expected);
    }
}
