//! The kinds of codes that are read, and which of them are looked for.

/// The kinds of codes that are read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Symbology {
    /// QR Code.
    QrCode,
    /// Code 128, the stripes.
    Code128,
    /// Code 39 with its check character, which the standard leaves free and stripes of chance do not have.
    Code39,
    /// Code 93.
    Code93,
    /// EAN-13, as on goods.
    Ean13,
}

impl Symbology {
    /// Those of stripes.
    pub(super) const STRIPES: [Self; 4] = [Self::Code128, Self::Code39, Self::Code93, Self::Ean13];

    /// As `scan --json` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::QrCode => "QRCode",
            Self::Code128 => "Code128",
            Self::Code39 => "Code39",
            Self::Code93 => "Code93",
            Self::Ean13 => "EAN13",
        }
    }
}

/// What is looked for; QR Code and Code 128, unless somebody says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Symbologies {
    /// A bit for each.
    wanted: u8,
}

impl Symbologies {
    /// Every kind there is.
    pub(super) fn all() -> Self {
        let stripes = Symbology::STRIPES.into_iter();
        stripes.chain([Symbology::QrCode]).collect()
    }

    /// Whether codes of this kind are read.
    pub fn has(self, symbology: Symbology) -> bool {
        self.wanted & bit(symbology) != 0
    }

    /// Whether any stripes are.
    pub(super) fn has_stripes(self) -> bool {
        Symbology::STRIPES
            .into_iter()
            .any(|symbology| self.has(symbology))
    }
}

fn bit(symbology: Symbology) -> u8 {
    1 << symbology as u8
}

impl Default for Symbologies {
    fn default() -> Self {
        [Symbology::QrCode, Symbology::Code128]
            .into_iter()
            .collect()
    }
}

impl FromIterator<Symbology> for Symbologies {
    fn from_iter<I: IntoIterator<Item = Symbology>>(symbologies: I) -> Self {
        let bits = symbologies.into_iter().map(bit);
        Self {
            wanted: bits.fold(0, |wanted, bit| wanted | bit),
        }
    }
}
