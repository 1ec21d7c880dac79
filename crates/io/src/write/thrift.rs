//! The Thrift compact protocol, as far as the footer of a Parquet file needs it: read whole, changed, and written again
//! to the same bytes where nothing was changed.

/// How deep values may lie in each other.
const DEPTH: u8 = 32;

/// The numbers of the types, as the protocol writes them.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Flag(bool),
    Byte(u8),
    /// Of 16, 32 or 64 bits; its type comes first.
    Integer(u8, i64),
    Double([u8; 8]),
    Binary(Vec<u8>),
    /// The type of the elements, and the elements.
    List(u8, Vec<Value>),
    /// Fields by number, in the order in which they stand.
    Struct(Vec<(i16, Value)>),
}

impl Value {
    /// The struct that bytes begin with, and how many bytes it takes.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut reader = Reader { bytes, at: 0 };
        let value = reader.value(STRUCT, DEPTH)?;
        Some((value, reader.at))
    }

    /// Writes a struct.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Flag(flag) => out.push(if *flag { TRUE } else { FALSE }),
            Self::Byte(byte) => out.push(*byte),
            Self::Integer(_, number) => varint(out, zigzag(*number)),
            Self::Double(bytes) => out.extend(bytes),
            Self::Binary(bytes) => {
                varint(out, bytes.len() as u64);
                out.extend(bytes);
            }
            Self::List(kind, values) => {
                match u8::try_from(values.len()) {
                    Ok(count) if count <= 14 => out.push(count << 4 | kind),
                    _ => {
                        out.push(0xF0 | kind);
                        varint(out, values.len() as u64);
                    }
                }
                values.iter().for_each(|value| value.write(out));
            }
            Self::Struct(fields) => {
                let mut last = 0;
                for (number, value) in fields {
                    let kind = value.kind();
                    match u8::try_from(number - last) {
                        Ok(delta @ 1..=14) => out.push(delta << 4 | kind),
                        _ => {
                            out.push(kind);
                            varint(out, zigzag(i64::from(*number)));
                        }
                    }
                    // A flag stands in the field's head.
                    if !matches!(value, Self::Flag(_)) {
                        value.write(out);
                    }
                    last = *number;
                }
                out.push(0);
            }
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Flag(true) => TRUE,
            Self::Flag(false) => FALSE,
            Self::Byte(_) => BYTE,
            Self::Integer(kind, _) => *kind,
            Self::Double(_) => DOUBLE,
            Self::Binary(_) => BINARY,
            Self::List(..) => LIST,
            Self::Struct(_) => STRUCT,
        }
    }

    /// A field of a struct.
    pub(super) fn field(&self, number: i16) -> Option<&Self> {
        let Self::Struct(fields) = self else { return None };
        fields.iter().find(|(n, _)| *n == number).map(|(_, value)| value)
    }

    /// The same to be changed.
    pub(super) fn field_mut(&mut self, number: i16) -> Option<&mut Self> {
        let Self::Struct(fields) = self else { return None };
        fields.iter_mut().find(|(n, _)| *n == number).map(|(_, value)| value)
    }

    /// A field that is a whole number.
    pub(super) fn integer(&self, number: i16) -> Option<i64> {
        if let Some(Self::Integer(_, integer)) = self.field(number) { Some(*integer) } else { None }
    }

    /// Gives another number to a field that has one.
    pub(super) fn set(&mut self, number: i16, to: i64) {
        if let Some(Self::Integer(_, integer)) = self.field_mut(number) {
            *integer = to;
        }
    }

    /// The elements of a field that is a list.
    pub(super) fn list(&self, number: i16) -> Option<&[Self]> {
        if let Some(Self::List(_, values)) = self.field(number) { Some(values) } else { None }
    }

    /// The same to be changed.
    pub(super) fn list_mut(&mut self, number: i16) -> Option<&mut Vec<Self>> {
        if let Some(Self::List(_, values)) = self.field_mut(number) { Some(values) } else { None }
    }
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7F {
        out.push(0x80 | (number & 0x7F) as u8);
        number >>= 7;
    }
    out.push((number & 0x7F) as u8);
}

/// A way through bytes.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self, kind: u8, depth: u8) -> Option<Value> {
        let deeper = depth.checked_sub(1)?;
        Some(match kind {
            // Only elements of a list come here: they take a byte each.
            TRUE | FALSE => Value::Flag(self.byte()? == TRUE),
            BYTE => Value::Byte(self.byte()?),
            4..=6 => Value::Integer(kind, self.integer()?),
            DOUBLE => Value::Double(self.take(8)?.try_into().ok()?),
            BINARY => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Binary(self.take(length)?.to_vec())
            }
            LIST => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                let values = (0..count).map(|_| self.value(head & 15, deeper)).collect::<Option<_>>()?;
                Value::List(head & 15, values)
            }
            STRUCT => {
                let (mut fields, mut number) = (Vec::new(), 0i16);
                loop {
                    let head = self.byte()?;
                    if head == 0 {
                        return Some(Value::Struct(fields));
                    }
                    number = match head >> 4 {
                        0 => i16::try_from(self.integer()?).ok()?,
                        delta => number.checked_add(i16::from(delta))?,
                    };
                    let value = match head & 15 {
                        TRUE => Value::Flag(true),
                        FALSE => Value::Flag(false),
                        kind => self.value(kind, deeper)?,
                    };
                    fields.push((number, value));
                }
            }
            _ => return None,
        })
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, length: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(length)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn integer(&mut self) -> Option<i64> {
        let number = self.varint()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut out = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            out |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(out);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_to_the_same_bytes() {
        let fields = vec![
            (1, Value::Integer(5, -3)),
            (2, Value::List(STRUCT, vec![Value::Struct(vec![(20, Value::Flag(true))]); 16])),
            (4, Value::Binary("Åre".into())),
            (5, Value::List(TRUE, vec![Value::Flag(false), Value::Flag(true)])),
            (6, Value::Integer(6, i64::MIN)),
            (30, Value::Double([7; 8])),
            (31, Value::Byte(200)),
            (32, Value::Flag(false)),
        ];
        let value = Value::Struct(fields);
        let mut bytes = Vec::new();
        value.write(&mut bytes);
        assert_eq!(Value::read(&bytes), Some((value, bytes.len())));
        for end in 0..bytes.len() {
            assert_eq!(Value::read(&bytes[..end]), None, "{end}");
        }
    }

    #[test]
    fn values_too_deep_in_each_other_are_refused() {
        let deep: Vec<u8> = std::iter::repeat_n(0x1C, 100).chain([0; 101]).collect();
        assert_eq!(Value::read(&deep), None);
    }
}
