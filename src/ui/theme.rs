//! Colours, sizes and fonts, by role: made once here, seen everywhere.
//!
//! Sizes are points of a display that is 1080 points on its shorter side; [`scale`] makes every display such a one. On the
//! common 15.6-inch panel of 1920x1080 a millimetre is then [`MM`] points.

use std::sync::Arc;

use eframe::egui::{
    Color32, Context, FontData, FontDefinitions, FontFamily, FontId, Id, RawInput, Vec2,
    ViewportCommand, Visuals,
};

use crate::frame::PREVIEW_MOST;
use crate::redemption::attempt::Outcome;
use crate::screen::{Finished, Panel, Shade, Why};

/// Points in a millimetre (1920 pixels on 345 mm).
pub const MM: f32 = 5.55;
/// The edge of what a clerk touches in a hurry: 20 mm (Colle and Hiszem 2004).
pub const MAIN_TARGET: f32 = 20.0 * MM;
/// The edge of everything else that is touched: 12 mm.
pub const TARGET: f32 = 12.0 * MM;
/// Between things that belong together.
pub const GAP: f32 = 16.0;
/// Between a thing and the edge it stands in.
pub const MARGIN: f32 = 28.0;
/// Round corners of cards and keys.
pub const ROUNDING: u8 = 14;

/// Text that is read from 1.5 m: its capitals are 20 mm high.
pub const HEAD: f32 = 155.0;
/// What a screen is about.
pub const TITLE: f32 = 52.0;
/// Sentences.
pub const BODY: f32 = 34.0;
/// Labels and small print: still readable with a hand on the screen.
pub const SMALL: f32 = 24.0;

/// Round a code that was taken, on a live picture.
pub const TAKEN: Color32 = Color32::from_rgb(72, 222, 128);

/// A small display does not shrink what is touched as much as itself: below this many pixels a side stays so long.
const SHORTEST: f32 = 896.0;
/// What the screens need at least. Below 130 mm a side has no room for fingers, whatever is done.
const FEWEST: f32 = 720.0;

/// The colours of everything that is no outcome.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Palette {
    /// Behind everything.
    pub ground: Color32,
    /// Cards on it.
    pub card: Color32,
    /// Keys on either.
    pub key: Color32,
    /// Text on ground, card and key.
    pub text: Color32,
    /// Text that steps back.
    pub muted: Color32,
    /// The one thing to touch.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// The demo's ribbon; a live kiosk has none.
    pub ribbon: Option<Color32>,
}

impl Palette {
    /// A kiosk that redeems.
    pub const LIVE: Self = Self {
        ground: Color32::from_rgb(16, 21, 27),
        card: Color32::from_rgb(28, 36, 45),
        key: Color32::from_rgb(48, 60, 73),
        text: Color32::from_rgb(244, 247, 250),
        muted: Color32::from_rgb(171, 184, 197),
        accent: Color32::from_rgb(28, 100, 224),
        on_accent: Color32::WHITE,
        ribbon: None,
    };

    /// The same in the sun.
    pub const LIVE_LIGHT: Self = Self {
        ground: Color32::from_rgb(240, 243, 246),
        card: Color32::WHITE,
        key: Color32::from_rgb(211, 219, 227),
        text: Color32::from_rgb(16, 21, 27),
        muted: Color32::from_rgb(68, 80, 93),
        accent: Color32::from_rgb(21, 86, 200),
        on_accent: Color32::WHITE,
        ribbon: None,
    };

    /// The demo: nobody may take it for a kiosk that redeems.
    pub const DEMO: Self = Self {
        ground: Color32::from_rgb(48, 24, 50),
        card: Color32::from_rgb(66, 36, 69),
        key: Color32::from_rgb(92, 54, 96),
        text: Color32::from_rgb(252, 245, 252),
        muted: Color32::from_rgb(214, 186, 216),
        accent: Color32::from_rgb(28, 100, 224),
        on_accent: Color32::WHITE,
        ribbon: Some(Color32::from_rgb(255, 158, 238)),
    };

    /// The same in the sun.
    pub const DEMO_LIGHT: Self = Self {
        ground: Color32::from_rgb(250, 232, 248),
        card: Color32::from_rgb(255, 247, 254),
        key: Color32::from_rgb(238, 205, 234),
        text: Color32::from_rgb(48, 24, 50),
        muted: Color32::from_rgb(102, 62, 105),
        accent: Color32::from_rgb(21, 86, 200),
        on_accent: Color32::WHITE,
        ribbon: Some(Color32::from_rgb(128, 26, 110)),
    };

    /// Which one a window wears.
    pub fn of(shade: Shade, is_demo: bool) -> Self {
        match (shade, is_demo) {
            (Shade::Dark, false) => Self::LIVE,
            (Shade::Light, false) => Self::LIVE_LIGHT,
            (Shade::Dark, true) => Self::DEMO,
            (Shade::Light, true) => Self::DEMO_LIGHT,
        }
    }

    fn is_light(&self) -> bool {
        self.ground.intensity() > 0.5
    }

    /// Keys that stand on an outcome's colour.
    pub fn on(tone: Tone) -> Self {
        Self {
            ground: tone.fill(),
            card: tone.shade(),
            key: tone.shade(),
            text: tone.text(),
            muted: tone.text(),
            accent: tone.text(),
            on_accent: tone.fill(),
            ribbon: None,
        }
    }
}

/// What a state means to a person. Never told by colour alone: each has its icon and its words.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tone {
    /// Done, or may be done.
    Good,
    /// No.
    Refused,
    /// Something has to be seen to.
    Attention,
    /// Not known.
    Doubt,
    /// Nothing happened, and nothing is wrong with a coupon: something else was shown.
    Neutral,
}

impl Tone {
    /// How an outcome feels.
    pub fn of(finished: &Finished) -> Self {
        match finished.told_as() {
            Outcome::Queried | Outcome::Redeemed => Self::Good,
            Outcome::AlreadyRedeemed => Self::Refused,
            Outcome::Refused => match finished.why {
                Why::PaymentCode(_) | Why::NotACoupon(_) => Self::Neutral,
                Why::Confirmed
                | Why::FoundRedeemed
                | Why::FoundUnused
                | Why::RedeemedHere(_)
                | Why::Status(_)
                | Why::NotYetValid
                | Why::Expired
                | Why::CannotConsume
                | Why::Refusal(_)
                | Why::NotSent(_)
                | Why::Unknown(_)
                | Why::Overruled(_)
                | Why::RedeemedElsewhere
                | Why::NotHonoured
                | Why::Journal(_) => Self::Refused,
            },
            Outcome::NotRedeemed | Outcome::Unreachable | Outcome::SetUp => Self::Attention,
            Outcome::InDoubt => Self::Doubt,
        }
    }

    /// The area.
    pub fn fill(self) -> Color32 {
        match self {
            Self::Good => Color32::from_rgb(12, 112, 54),
            Self::Refused => Color32::from_rgb(176, 32, 32),
            Self::Attention => Color32::from_rgb(255, 197, 61),
            Self::Doubt => Color32::from_rgb(89, 56, 196),
            Self::Neutral => Color32::from_rgb(58, 76, 96),
        }
    }

    /// A key on the area.
    pub fn shade(self) -> Color32 {
        self.fill().lerp_to_gamma(Color32::BLACK, 0.22)
    }

    /// Text and icon on the area.
    pub fn text(self) -> Color32 {
        match self {
            Self::Good | Self::Refused | Self::Doubt | Self::Neutral => Color32::WHITE,
            Self::Attention => Color32::from_rgb(32, 22, 0),
        }
    }
}

/// The weight of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// Sentences.
    Regular,
    /// Heads and keys.
    Bold,
}

/// The font of a size and weight.
pub fn font(size: f32, weight: Weight) -> FontId {
    FontId::new(
        size,
        match weight {
            Weight::Regular => FontFamily::Proportional,
            Weight::Bold => FontFamily::Name("bold".into()),
        },
    )
}

/// The texture of the letters is as wide as a texture may be, doubles its height, lies in memory twice, and begins anew when
/// four fifths of a square are full. Software rendering allows 16,384 pixels, a row of which is as high as its highest
/// letter: 32 MB for what fits into five. A preview has to fit as well.
pub fn bound_texture(ctx: &Context, input: &mut RawInput) {
    /// What every display can do.
    const SURE: usize = 2048;
    // Told once, before the scale is known.
    let most = ctx.data_mut(|data| {
        let kept = data.get_temp_mut_or(Id::unique("most of a texture"), SURE);
        *kept = input.max_texture_side.unwrap_or(*kept);
        *kept
    });
    input.max_texture_side = Some(most.min(texture_side(ctx.pixels_per_point())));
}

/// In pixels: more where letters have more.
fn texture_side(per_point: f32) -> usize {
    let [width, height] = PREVIEW_MOST;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float's bounds, checked on the line"
    )]
    let letters = (1280.0 * per_point).clamp(1280.0, 8192.0) as usize;
    letters.max(width).max(height)
}

/// Sets fonts and looks, and takes away the ways out that belong to a desktop.
pub fn install(ctx: &Context, palette: &Palette) {
    ctx.set_fonts(fonts());
    dress(ctx, palette);
    ctx.options_mut(|options| {
        options.zoom_with_keyboard = false;
        options.quit_shortcuts.clear();
        options.warn_on_id_clash = cfg!(test);
        // A finger that slips by 3 mm has still tapped.
        options.input_options.max_click_dist = 3.0 * MM;
    });
}

/// Wears these colours.
pub fn dress(ctx: &Context, palette: &Palette) {
    let mut visuals = if palette.is_light() {
        Visuals::light()
    } else {
        Visuals::dark()
    };
    visuals.panel_fill = palette.ground;
    visuals.override_text_color = Some(palette.text);
    ctx.set_visuals(visuals);
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let mut add = |name: &str, bytes: &'static [u8]| {
        let mut data = FontData::from_static(bytes);
        // Else there are four pictures of each letter, for the parts of a pixel that it may begin at: large ones need none.
        data.tweak.subpixel_binning = Some(false);
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    };
    add(
        "regular",
        include_bytes!("../../assets/fonts/KioskSansSC-Regular.otf"),
    );
    add(
        "bold",
        include_bytes!("../../assets/fonts/KioskSansSC-Bold.otf"),
    );
    let plain = vec!["regular".to_owned()];
    // The bold cut has fewer characters: what it lacks is drawn from the regular one.
    let strong = vec!["bold".to_owned(), "regular".to_owned()];
    fonts
        .families
        .insert(FontFamily::Proportional, plain.clone());
    fonts.families.insert(FontFamily::Monospace, plain);
    fonts
        .families
        .insert(FontFamily::Name("bold".into()), strong);
    fonts
}

/// Makes the shorter side of the window 1080 points long, or as long as keeps small displays usable: by their millimetres
/// where the display tells them, else by their pixels.
pub fn scale(ctx: &Context, panels: &[Panel]) {
    let per_point = ctx.pixels_per_point();
    let pixels = ctx.content_rect().size() * per_point;
    let native = ctx.native_pixels_per_point().unwrap_or(1.0);
    let monitor = ctx.input(|input| input.viewport().monitor_size);
    let per_mm = monitor.and_then(|monitor| pixels_per_mm(panels, monitor * per_point));
    if let Some(zoom) = zoom_for(pixels, native, per_mm)
        && (zoom - ctx.zoom_factor()).abs() > 0.001
    {
        ctx.set_zoom_factor(zoom);
    }
}

/// Of the panel that the window is on, where no other one has as many pixels and another size.
fn pixels_per_mm(panels: &[Panel], monitor: Vec2) -> Option<f32> {
    let is_it = |panel: &&Panel| {
        let [width, height] = panel.pixels.map(f32::from);
        let upright = Vec2::new(height, width);
        [Vec2::new(width, height), upright]
            .iter()
            .any(|size| (*size - monitor).abs().max_elem() < 2.0)
    };
    let mut found = panels.iter().filter(is_it);
    let panel = found.next()?;
    let is_only = found.all(|other| other == panel);
    is_only.then(|| f32::from(panel.pixels[0]) / f32::from(panel.millimetres[0]))
}

fn zoom_for(pixels: Vec2, native: f32, per_mm: Option<f32>) -> Option<f32> {
    let shorter = pixels.min_elem();
    if shorter <= 1.0 || native <= 0.0 {
        return None;
    }
    let points = match per_mm {
        // A large display is looked at from further away: there everything grows with it.
        Some(per_mm) => (shorter / per_mm * MM).clamp(FEWEST, 1080.0),
        None => shorter / shorter.max(SHORTEST) * 1080.0,
    };
    Some(shorter / points / native)
}

/// Over the whole display, or a window on a desktop.
pub fn set_fullscreen(ctx: &Context, is_full: bool) {
    ctx.send_viewport_cmd(ViewportCommand::Fullscreen(is_full));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::drawn::contrast;

    #[test]
    fn the_texture_of_the_letters_follows_the_scale_and_the_display() {
        let ctx = Context::default();
        let mut sides = Vec::new();
        for (zoom, told) in [
            (1.0, Some(16_384)),
            (2.0, None),
            (0.5, None),
            (2.0, Some(2048)),
        ] {
            ctx.set_zoom_factor(zoom);
            ctx.begin_pass(RawInput::default());
            ctx.end_pass().textures_delta.clear();
            let mut input = RawInput {
                max_texture_side: told,
                ..RawInput::default()
            };
            bound_texture(&ctx, &mut input);
            sides.push(input.max_texture_side.unwrap_or_default());
        }
        assert_eq!(sides, [1280, 2560, 1280, 2048]);
    }

    #[test]
    fn every_text_stands_out_from_what_is_behind_it() {
        let shades = [Shade::Dark, Shade::Light];
        for palette in shades
            .into_iter()
            .flat_map(|shade| [true, false].map(|is_demo| Palette::of(shade, is_demo)))
        {
            for ground in [palette.ground, palette.card, palette.key] {
                assert!(contrast(palette.text, ground) >= 7.0, "{ground:?}");
                assert!(contrast(palette.muted, ground) >= 4.5, "{ground:?}");
            }
            assert!(contrast(palette.on_accent, palette.accent) >= 4.5);
            // The one key of a screen is seen as one.
            assert!(contrast(palette.accent, palette.ground) >= 3.0);
            if let Some(ribbon) = palette.ribbon {
                assert!(contrast(palette.ground, ribbon) >= 4.5);
            }
        }
        for tone in [
            Tone::Good,
            Tone::Refused,
            Tone::Attention,
            Tone::Doubt,
            Tone::Neutral,
        ] {
            assert!(contrast(tone.text(), tone.fill()) >= 4.5, "{tone:?}");
            assert!(contrast(tone.text(), tone.shade()) >= 4.5, "{tone:?}");
        }
    }

    #[test]
    fn a_display_of_any_size_has_1080_points_or_what_a_finger_needs() {
        for (pixels, points) in [
            (Vec2::new(1920.0, 1080.0), 1080.0),
            (Vec2::new(1080.0, 1920.0), 1080.0),
            (Vec2::new(3840.0, 2160.0), 1080.0),
            (Vec2::new(1024.0, 600.0), 723.2),
        ] {
            let zoom = zoom_for(pixels, 1.0, None).unwrap();
            assert!(
                (pixels.min_elem() / zoom - points).abs() < 0.1,
                "{pixels:?}"
            );
        }
    }

    #[test]
    fn where_the_display_tells_its_millimetres_20_of_them_are_20() {
        let panel = |pixels, millimetres| Panel {
            pixels,
            millimetres,
        };
        let small = panel([1920, 1200], [217, 136]);
        let usual = panel([1920, 1080], [344, 194]);
        let wall = panel([3840, 2160], [941, 529]);
        let points = |pixels: [f32; 2], panels: &[Panel]| {
            let pixels = Vec2::from(pixels);
            let per_mm = pixels_per_mm(panels, pixels);
            let zoom = zoom_for(pixels, 1.0, per_mm).unwrap();
            let mm = per_mm.map(|per_mm| (20.0 * MM * zoom / per_mm).round());
            ((pixels.min_elem() / zoom).round(), mm)
        };
        let all = [small, usual, wall];
        assert_eq!(points([1920.0, 1200.0], &all), (753.0, Some(20.0)));
        assert_eq!(points([1200.0, 1920.0], &all), (753.0, Some(20.0)));
        assert_eq!(points([1920.0, 1080.0], &all), (1074.0, Some(20.0)));
        // Larger than 15.6 inch: nothing is smaller than there.
        assert_eq!(points([3840.0, 2160.0], &all), (1080.0, Some(54.0)));
        // Two displays of as many pixels: nobody knows which one it is.
        let other = panel([1920, 1080], [509, 286]);
        assert_eq!(points([1920.0, 1080.0], &[usual, other]), (1080.0, None));
        assert_eq!(points([1280.0, 1024.0], &all), (1080.0, None));
    }
}
