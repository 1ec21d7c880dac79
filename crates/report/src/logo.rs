//! A logo: an SVG or PNG file with words for those who do not see it. What is let through asks for nothing and runs nothing.

use std::sync::Arc;

use resvg::{
    tiny_skia::Pixmap,
    usvg::{self, Indent, Options, Tree, WriteOptions, roxmltree::Document},
};

/// A logo, ready to be shown.
#[derive(Debug, Clone)]
pub(crate) struct Logo {
    /// What it says.
    pub(crate) alt: String,
    pub(crate) kind: Kind,
    /// An SVG is written anew, with nothing in it but shapes.
    pub(crate) bytes: Arc<[u8]>,
    /// Width by height.
    pub(crate) ratio: f64,
}

/// The form of a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Svg,
    Png,
}

/// The most that a file may weigh, in bytes: it goes into every page.
const HEAVIEST: usize = 300_000;

/// Elements that run something, load something, or look otherwise in every program.
const FORBIDDEN: [&str; 7] = ["script", "foreignObject", "iframe", "image", "animate", "animateTransform", "text"];

impl Logo {
    /// The logo in a file.
    ///
    /// # Errors
    /// Everything that is wrong with it, in words.
    pub(crate) fn of(bytes: &[u8], alt: &str) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        if alt.trim().is_empty() {
            faults.push("logo.alt: say in words what the logo says, for example \"Region Norrland\"".to_owned());
        }
        if bytes.len() > HEAVIEST {
            let (has, most) = (bytes.len() / 1000, HEAVIEST / 1000);
            faults.push(format!("logo.file: it has {has} kB and goes into every page; give one of at most {most} kB"));
        }
        let read = if bytes.starts_with(b"\x89PNG") { png(bytes) } else { svg(bytes) };
        match read {
            Ok((kind, bytes, ratio)) if faults.is_empty() => {
                Ok(Self { alt: alt.trim().to_owned(), kind, bytes: bytes.into(), ratio })
            }
            Ok(_) => Err(faults),
            Err(more) => {
                faults.extend(more.into_iter().map(|fault| format!("logo.file: {fault}")));
                Err(faults)
            }
        }
    }

    pub(crate) const fn mime(&self) -> &'static str {
        match self.kind {
            Kind::Svg => "image/svg+xml",
            Kind::Png => "image/png",
        }
    }

    /// The address that holds the whole file.
    pub(crate) fn address(&self) -> String {
        format!("data:{};base64,{}", self.mime(), crate::render::html::base64(&self.bytes))
    }
}

type Read = (Kind, Vec<u8>, f64);

fn png(bytes: &[u8]) -> Result<Read, Vec<String>> {
    let picture = Pixmap::decode_png(bytes).map_err(|error| vec![format!("this PNG cannot be read: {error}")])?;
    Ok((Kind::Png, bytes.to_vec(), f64::from(picture.width()) / f64::from(picture.height())))
}

fn svg(bytes: &[u8]) -> Result<Read, Vec<String>> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(vec!["this is neither SVG nor PNG".to_owned()]);
    };
    let document = Document::parse(text)
        .map_err(|error| vec![format!("this is neither PNG nor an SVG that can be read: {error}")])?;
    let faults = unsafe_parts(&document);
    if !faults.is_empty() {
        return Err(faults);
    }
    let tree = Tree::from_str(text, &Options::default())
        .map_err(|error| vec![format!("this SVG cannot be drawn: {error}")])?;
    let size = tree.size();
    let options = WriteOptions { indent: Indent::None, attributes_indent: Indent::None, ..WriteOptions::default() };
    let ratio = f64::from(size.width()) / f64::from(size.height());
    Ok((Kind::Svg, tree.to_string(&options).into_bytes(), ratio))
}

/// What of an SVG runs or loads something, each with its line.
fn unsafe_parts(document: &Document<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for node in document.descendants().filter(usvg::roxmltree::Node::is_element) {
        let line = document.text_pos_at(node.range().start).row;
        let name = node.tag_name().name();
        if FORBIDDEN.contains(&name) {
            let right = match name {
                "text" => "turn letters into outlines",
                "image" => "give a PNG file instead",
                _ => "take it out",
            };
            faults.push(format!("line {line}: <{name}> may not be in a logo; {right}"));
        }
        for attribute in node.attributes() {
            let value = attribute.value().trim();
            if attribute.name().to_ascii_lowercase().starts_with("on") {
                faults.push(format!("line {line}: {} runs a script; take it out", attribute.name()));
            }
            let refers = attribute.name() == "href" && !value.starts_with('#');
            if refers || loads(value) {
                faults.push(format!(
                    "line {line}: {} refers to something outside the file; take it out",
                    attribute.name()
                ));
            }
        }
        if name == "style" && node.text().is_some_and(|text| loads(text) || text.contains("@import")) {
            faults.push(format!("line {line}: <style> refers to something outside the file; take it out"));
        }
    }
    faults
}

/// Whether a style loads what is not in the file.
fn loads(style: &str) -> bool {
    style.split("url(").skip(1).any(|rest| !rest.trim_start_matches(['"', '\'', ' ']).starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(inside: &str) -> String {
        let text = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\">\n{inside}\n</svg>");
        Logo::of(text.as_bytes(), "Region").unwrap_err().join("\n")
    }

    #[test]
    fn what_runs_or_loads_something_is_refused_with_its_line() {
        assert_eq!(refused("<script>1</script>"), "logo.file: line 2: <script> may not be in a logo; take it out");
        assert!(refused("<rect width=\"1\" height=\"1\" onclick=\"x()\"/>").contains("onclick runs a script"));
        assert!(refused("<a href=\"https://example.org\"/>").contains("href refers to something outside the file"));
        assert!(refused("<rect style=\"fill: url(https://example.org/x.svg#a)\"/>").contains("style refers"));
        assert!(refused("<style>@import 'x.css';</style>").contains("<style> refers"));
        assert!(refused("<text>Region</text>").contains("turn letters into outlines"));
        assert!(refused("<image href=\"data:image/png;base64,AA\"/>").contains("give a PNG file instead"));
    }

    #[test]
    fn a_plain_one_is_written_anew_and_has_its_ratio() {
        let text = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\"><!-- who --><rect id=\"secret\" \
                    width=\"40\" height=\"20\" fill=\"#00594f\"/></svg>";
        let logo = Logo::of(text.as_bytes(), " Region ").unwrap();
        assert!((logo.ratio - 2.0).abs() < 1e-9);
        assert_eq!(logo.alt, "Region");
        assert!(logo.address().starts_with("data:image/svg+xml;base64,"));
        assert!(!String::from_utf8_lossy(&logo.bytes).contains("who"));
    }

    #[test]
    fn a_logo_needs_words_and_must_be_a_picture() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"2\"><rect width=\"4\" height=\"2\"/></svg>";
        assert!(Logo::of(svg, "  ").unwrap_err()[0].starts_with("logo.alt: say in words"));
        assert!(Logo::of(b"\x89PNG but no more", "Region").unwrap_err()[0].contains("this PNG cannot be read"));
        assert!(Logo::of(b"GIF89a", "Region").unwrap_err()[0].contains("neither PNG nor an SVG"));
    }
}
