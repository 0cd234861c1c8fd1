//! `picture IN.bin PROFILE OUT.png`: what a printer of that profile makes of these bytes.
#![allow(clippy::print_stdout)]

use platen_escpos::{Profile, paper::Paper};
use std::{env, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, profile, output] = arguments.as_slice() else {
        return Err("usage: picture IN.bin PROFILE OUT.png".into());
    };
    let profile = Profile::builtin(profile).ok_or("there is no such profile")?;
    let paper = Paper::read(&fs::read(input)?, &profile);
    paper.events.iter().for_each(|event| println!("{event}"));
    fs::write(output, paper.picture())?;
    Ok(())
}
