//! The world that Typst sees: a template, files in memory and the report's typefaces. No disk, no network, no clock.

use std::{borrow::Cow, collections::HashMap};

use typst::{
    Feature, Features, Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

/// What one report is set from.
pub(crate) struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    files: HashMap<FileId, Bytes>,
}

/// The fonts in these files, two by two, or `None` when one is no font.
pub(crate) fn fonts(files: Vec<[Cow<'static, [u8]>; 2]>) -> Option<Vec<Font>> {
    files.into_iter().flatten().map(|file| Font::new(Bytes::new(file), 0)).collect()
}

impl Desk {
    /// A desk with the text of a template and the files that it reads, by name.
    pub(crate) fn new(template: &str, files: Vec<(String, Vec<u8>)>, fonts: Vec<Font>) -> Result<Self, String> {
        let main = Source::new(id("main.typ")?, template.to_owned());
        let files = files
            .into_iter()
            .map(|(name, bytes)| Ok((id(&name)?, Bytes::new(bytes))))
            .collect::<Result<HashMap<_, _>, String>>()?;
        // Heads of rows can be told from cells only with this.
        let features: Features = [Feature::A11yExtras].into_iter().collect();
        Ok(Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            main,
            files,
        })
    }
}

fn id(name: &str) -> Result<FileId, String> {
    let path = VirtualPath::new(name).map_err(|error| format!("{name}: {error}"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::NotSource) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
