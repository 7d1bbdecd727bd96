//! QR codes in a picture of black and white, by rqrr, as a second opinion: it follows regions where rxing follows rows,
//! and so reads some codes with worn or smeared finder patterns.
//!
//! rqrr clones the picture for every group of finder patterns (WanzenBug/rqrr#50) and can run for a minute on a hostile
//! one. It takes any picture that implements `image`'s traits, so it is given one that is shared by its clones, which
//! remember and undo only what they changed, and that ends the whole pass by unwinding when its work is used up.

use std::cell::{Cell, RefCell};
use std::panic::resume_unwind;
use std::rc::Rc;

use image::{GenericImage, GenericImageView, Luma};

use super::Symbology;
use super::passes::Decoded;

/// Pixels that may be looked at; an ordinary picture needs a few for each of its own.
const WORK_A_PIXEL: u64 = 24;
/// What a clone costs besides its pixels.
const WORK_A_CLONE: u64 = 2000;

/// All codes. `black` is row by row. Unwinds when it has run for too long: to be called under `guard::survive`.
pub(super) fn read(width: usize, height: usize, black: &[bool]) -> Vec<Decoded> {
    let (Ok(wide), Ok(high)) = (u32::try_from(width), u32::try_from(height)) else {
        return Vec::new();
    };
    if wide < 21 || high < 21 {
        return Vec::new();
    }
    let shared = Shared {
        pixels: black
            .iter()
            .map(|&black| Cell::new(u8::from(black)))
            .collect(),
        size: (wide, high),
        work: Cell::new(WORK_A_PIXEL * u64::from(wide) * u64::from(high)),
    };
    let sheet = Sheet {
        shared: Rc::new(shared),
        changed: None,
    };
    let mut prepared = rqrr::PreparedImage::without_preparation(sheet);
    let mut texts = Vec::new();
    for grid in prepared.detect_grids() {
        let mut bytes = Vec::new();
        if grid.decode_to(&mut bytes).is_err() {
            continue;
        }
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|odd| odd.into_bytes().into_iter().map(char::from).collect());
        let corners = grid
            .bounds
            .map(|point| [f64::from(point.x), f64::from(point.y)]);
        texts.push(Decoded {
            text,
            symbology: Symbology::QrCode,
            corners,
        });
    }
    texts
}

struct Shared {
    pixels: Vec<Cell<u8>>,
    size: (u32, u32),
    work: Cell<u64>,
}

impl Shared {
    fn spend(&self, work: u64) {
        match self.work.get().checked_sub(work) {
            Some(left) => self.work.set(left),
            // Past the panic hook: this is no fault that anybody should read of.
            None => resume_unwind(Box::new("the pass has worked long enough")),
        }
    }

    fn cell(&self, x: u32, y: u32) -> (usize, &Cell<u8>) {
        let at = y as usize * self.size.0 as usize + x as usize;
        (at, &self.pixels[at])
    }
}

/// The picture, or a clone of it that undoes its changes at its end.
struct Sheet {
    shared: Rc<Shared>,
    changed: Option<RefCell<Vec<(usize, u8)>>>,
}

impl Clone for Sheet {
    fn clone(&self) -> Self {
        self.shared.spend(WORK_A_CLONE);
        Self {
            shared: Rc::clone(&self.shared),
            changed: Some(RefCell::default()),
        }
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if let Some(changed) = self.changed.take() {
            for (at, before) in changed.into_inner().into_iter().rev() {
                self.shared.pixels[at].set(before);
            }
        }
    }
}

impl GenericImageView for Sheet {
    type Pixel = Luma<u8>;

    fn dimensions(&self) -> (u32, u32) {
        self.shared.size
    }

    fn get_pixel(&self, x: u32, y: u32) -> Luma<u8> {
        self.shared.spend(1);
        Luma([self.shared.cell(x, y).1.get()])
    }
}

impl GenericImage for Sheet {
    /// rqrr never asks for this: a reference cannot be remembered for undoing.
    fn get_pixel_mut(&mut self, _x: u32, _y: u32) -> &mut Luma<u8> {
        resume_unwind(Box::new("no pixel is lent"))
    }

    fn put_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        self.shared.spend(1);
        let (at, cell) = self.shared.cell(x, y);
        let before = cell.replace(pixel.0[0]);
        if let Some(changed) = &mut self.changed {
            changed.get_mut().push((at, before));
        }
    }

    fn blend_pixel(&mut self, x: u32, y: u32, pixel: Luma<u8>) {
        self.put_pixel(x, y, pixel);
    }
}
