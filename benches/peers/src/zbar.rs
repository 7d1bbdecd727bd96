//! zbar, as the system has it: loaded when it is there.

use std::ffi::{CStr, c_char, c_int, c_uint, c_ulong, c_void};

use libloading::{Library, Symbol};

use crate::frame::Luma;

/// The library.
pub struct Zbar(Library);

const Y800: c_ulong = 0x3030_3859;
const ENABLE: c_int = 0;

type Make = unsafe extern "C" fn() -> *mut c_void;
type End = unsafe extern "C" fn(*mut c_void);
type Next = unsafe extern "C" fn(*const c_void) -> *const c_void;

impl Zbar {
    /// `None` where it is not installed.
    pub fn load() -> Option<Self> {
        // SAFETY: zbar does nothing when it is loaded.
        unsafe { Library::new("libzbar.so.0") }.ok().map(Self)
    }

    fn of<T>(&self, name: &str) -> Symbol<'_, T> {
        // SAFETY: the types are those of zbar.h.
        unsafe { self.0.get(name.as_bytes()) }.expect("zbar has its own functions")
    }

    /// All codes, inverted ones too.
    pub fn read(&self, luma: &Luma) -> Vec<String> {
        let mut texts = Vec::new();
        let inverted: Vec<u8> = luma.pixels().iter().map(|pixel| 255 - pixel).collect();
        for pixels in [luma.pixels(), &inverted] {
            self.read_into(luma.width(), luma.height(), pixels, &mut texts);
        }
        texts
    }

    fn read_into(&self, width: usize, height: usize, pixels: &[u8], texts: &mut Vec<String>) {
        let size = (c_uint::try_from(width), c_uint::try_from(height));
        let (Ok(width), Ok(height)) = size else { return };
        // SAFETY: called as zbar.h says; the pixels outlive the picture, which has no handler to free them.
        unsafe {
            let scanner = self.of::<Make>("zbar_image_scanner_create")();
            let set: Symbol<'_, unsafe extern "C" fn(*mut c_void, c_int, c_int, c_int) -> c_int> =
                self.of("zbar_image_scanner_set_config");
            set(scanner, 0, ENABLE, 0);
            for symbology in [64, 128] {
                set(scanner, symbology, ENABLE, 1);
            }
            let image = self.of::<Make>("zbar_image_create")();
            self.of::<unsafe extern "C" fn(*mut c_void, c_ulong)>("zbar_image_set_format")(image, Y800);
            self.of::<unsafe extern "C" fn(*mut c_void, c_uint, c_uint)>("zbar_image_set_size")(
                image, width, height,
            );
            self.of::<unsafe extern "C" fn(*mut c_void, *const u8, c_ulong, *const c_void)>(
                "zbar_image_set_data",
            )(image, pixels.as_ptr(), pixels.len() as c_ulong, std::ptr::null());
            self.of::<unsafe extern "C" fn(*mut c_void, *mut c_void) -> c_int>("zbar_scan_image")(
                scanner, image,
            );
            let mut symbol = self.of::<Next>("zbar_image_first_symbol")(image);
            while !symbol.is_null() {
                let text = self.of::<unsafe extern "C" fn(*const c_void) -> *const c_char>(
                    "zbar_symbol_get_data",
                )(symbol);
                texts.push(CStr::from_ptr(text).to_string_lossy().into_owned());
                symbol = self.of::<Next>("zbar_symbol_next")(symbol);
            }
            self.of::<End>("zbar_image_destroy")(image);
            self.of::<End>("zbar_image_scanner_destroy")(scanner);
        }
    }
}
