//! Pages for tests that only need one.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

/// A web server of that one page, on a port of this computer, for as long as the test runs; gives the port.
pub fn serve(page: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for line in listener.incoming() {
            // Each on its own: a browser opens connections ahead, on which it says nothing for a long time.
            let (line, page) = (line.unwrap(), page.clone());
            std::thread::spawn(move || answer(line, &page));
        }
    });
    port
}

fn answer(line: TcpStream, page: &str) {
    let mut line = BufReader::new(line);
    let mut head = String::new();
    while line.read_line(&mut head).is_ok_and(|read| read > 2) {}
    let _ = write!(
        line.get_mut(),
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}",
        page.len()
    );
}

/// A PDF with one page that has a black square on it.
pub fn pdf_with_a_square() -> String {
    let stream = "0 0 0 rg 20 20 60 60 re f";
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R/Resources<<>>>>endobj\n\
         4 0 obj<</Length {}>>stream\n{stream}\nendstream endobj\n\
         trailer<</Root 1 0 R>>\n%%EOF\n",
        stream.len()
    )
}
