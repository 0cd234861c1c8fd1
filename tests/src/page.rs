//! A page for tests that only need one.

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
