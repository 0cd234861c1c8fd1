//! Reads the files that agents keep their settings in: `.env` and INI, as their libraries do, and JSON.

use serde_json::Value;

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// As it stands in the file; what is inside something else in JSON as `outer.inner`.
    pub name: String,
    /// Without quotes.
    pub value: String,
}

/// The settings of a file, in order. Lines that are none are left out; of two with one name the last counts, as it does for
/// the agents.
pub fn pairs(text: &str) -> Vec<Pair> {
    let text = text.trim_start_matches('\u{feff}');
    let mut all = Vec::new();
    match serde_json::from_str::<Value>(text) {
        Ok(json @ Value::Object(_)) => flatten("", &json, &mut all),
        _ => all.extend(text.lines().filter_map(pair)),
    }
    let mut last: Vec<Pair> = Vec::new();
    for pair in all {
        match last.iter_mut().find(|one| one.name == pair.name) {
            Some(one) => one.value = pair.value,
            None => last.push(pair),
        }
    }
    last
}

fn flatten(name: &str, value: &Value, pairs: &mut Vec<Pair>) {
    let inner = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| flatten(&inner(key), value, pairs));
        }
        Value::Array(values) => {
            let words = values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",");
            pairs.push(Pair { name: name.to_owned(), value: words });
        }
        Value::Null => pairs.push(Pair { name: name.to_owned(), value: String::new() }),
        Value::String(text) => pairs.push(Pair { name: name.to_owned(), value: text.clone() }),
        other => pairs.push(Pair { name: name.to_owned(), value: other.to_string() }),
    }
}

fn pair(line: &str) -> Option<Pair> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '-';
    let is_key = !key.is_empty() && key.chars().all(is_name);
    is_key.then(|| Pair { name: key.to_owned(), value: unquoted(value.trim()) })
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
        let pair = |(name, value): (&str, &str)| Pair { name: name.into(), value: value.into() };
        assert_eq!(pairs(text), expected.map(pair));
        let json =
            r#"{"odoo": {"url": "https://a"}, "codes": ["K1", "K2"], "port": 1, "none": null}"#;
        let expected = [("codes", "K1,K2"), ("none", ""), ("odoo.url", "https://a"), ("port", "1")];
        let mut found = pairs(json);
        found.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(found, expected.map(pair));
        assert_eq!(pairs("[odoo]\nA=1\nB=2\nA=3"), [("A", "3"), ("B", "2")].map(pair));
    }
}
