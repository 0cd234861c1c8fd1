//! Finding one job in a till's log.

use crate::Till;

/// Our number of the job with that sender's id, where the log has it.
pub fn our_number(log: &str, external_id: &str) -> Option<String> {
    let accepted = format!("job={external_id} ours=");
    let line = log.lines().find(|line| line.contains(&accepted))?;
    let number = line.split("ours=").nth(1)?;
    Some(number.chars().take_while(char::is_ascii_digit).collect())
}

/// Every line of the log that names this job, by the sender's id or by ours, and what was said of starts and stops.
pub fn lines_about(till: &Till, external_id: &str) -> Vec<String> {
    let log = till.log();
    let number = our_number(&log, external_id);
    let names_it = |line: &str| {
        names(line, external_id) || number.as_ref().is_some_and(|number| names(line, number))
    };
    let starts = |line: &str| line.contains("Platen is running");
    let from_then_on = log.lines().skip_while(|line| !names_it(line));
    from_then_on.filter(|line| names_it(line) || starts(line)).map(str::to_owned).collect()
}

fn names(line: &str, job: &str) -> bool {
    ["job=", "ours="].iter().any(|field| {
        let mut rest = line;
        while let Some(at) = rest.find(field) {
            rest = &rest[at + field.len()..];
            let value = rest.split([' ', ',']).next().unwrap_or_default();
            if value.trim_matches('"') == job {
                return true;
            }
        }
        false
    })
}
