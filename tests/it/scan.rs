//! `scan` on the project's own pictures.

use serde_json::Value;

use crate::support::{Ended, fixture, program};

fn scan(args: &[&str]) -> Ended {
    Ended::of(&program().arg("scan").args(args).output().unwrap())
}

#[test]
fn every_picture_of_a_story_is_read() {
    let folder = fixture("codes");
    let scanned = scan(&["--json", folder.to_str().unwrap()]);
    assert_eq!(scanned.exit, 0, "{}", scanned.stdout);
    let objects: Vec<Value> = scanned
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects.len(), 17);
    let read = |name: &str| {
        let object = objects
            .iter()
            .find(|object| object["path"].as_str().unwrap().ends_with(name))
            .unwrap();
        object["codes"][0]["text"].as_str().unwrap().to_owned()
    };
    let line = scanned.stdout.lines().next().unwrap();
    let places = ["path", "codes", "text", "symbology", "corners", "millis"]
        .map(|key| line.find(&format!("\"{key}\":")).unwrap());
    assert!(places.is_sorted(), "{line}");
    assert_eq!(read("/redeemed.png"), "409632457895");
    assert_eq!(read("/custom_code.png"), "PK0000397757");
    assert!(
        objects
            .iter()
            .all(|object| object["codes"][0]["symbology"] == "QRCode")
    );
    assert!(
        objects
            .iter()
            .all(|object| object["codes"][0]["corners"].as_array().unwrap().len() == 4)
    );
}

#[test]
fn a_named_file_that_is_no_picture_is_an_error_and_in_a_folder_it_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "no picture").unwrap();
    let named = scan(&["--json", file.to_str().unwrap()]);
    assert_eq!(named.exit, 2);
    assert!(named.object()["error"].is_string());
    let below = scan(&["--json", folder.path().to_str().unwrap()]);
    assert_eq!((below.exit, below.stdout.as_str()), (0, ""));
    let said = "there is no picture in this folder or below it";
    assert!(below.stderr.contains(said), "{}", below.stderr);
    let path = folder.path().to_str().unwrap();
    let told = format!("{path}: no picture in this folder or below it\n");
    assert_eq!(scan(&[path]).stdout, told);
}

#[test]
fn a_picture_without_a_code_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("grey.png");
    image::GrayImage::from_pixel(320, 240, image::Luma([128]))
        .save(&file)
        .unwrap();
    let scanned = scan(&["--json", file.to_str().unwrap()]);
    assert_eq!(
        (
            scanned.exit,
            scanned.object()["codes"].as_array().unwrap().len()
        ),
        (1, 0)
    );
}

#[test]
fn what_the_configuration_does_not_name_is_not_looked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kiosk.toml");
    let base =
        "[weixin.token]\nsource = \"static\"\ntoken_file = \"/dev/null\"\n[scan]\nsymbologies = ";
    let picture = fixture("codes/redeemed.png");
    for (symbologies, exit) in [(r#"["qr"]"#, 0), (r#"["code128"]"#, 1)] {
        std::fs::write(&file, format!("{base}{symbologies}\n")).unwrap();
        let args = [
            "--config",
            file.to_str().unwrap(),
            "--json",
            picture.to_str().unwrap(),
        ];
        let scanned = scan(&args);
        assert_eq!(
            scanned.exit, exit,
            "{symbologies} {} {}",
            scanned.stdout, scanned.stderr
        );
    }
}

#[test]
fn stripes_are_read_upright_turned_and_upside_down() {
    let folder = tempfile::tempdir().unwrap();
    // Code 128, set C, 409632457895: start, six pairs, check digit, stop; widths of bars and spaces by turns.
    let widths = "2112322311131143112321211131232411121141133221122331112";
    let mut row = vec![255_u8; 60];
    for (index, width) in widths.bytes().enumerate() {
        let shade = if index % 2 == 0 { 0 } else { 255 };
        row.extend(std::iter::repeat_n(shade, usize::from(width - b'0') * 3));
    }
    row.extend([255; 60]);
    let length = u32::try_from(row.len()).unwrap();
    let upright = image::GrayImage::from_fn(length, 120, |x, y| {
        let is_code = (20..100).contains(&y);
        image::Luma([if is_code { row[x as usize] } else { 255 }])
    });
    for (name, picture) in [
        ("upright.png", upright.clone()),
        ("turned.png", image::imageops::rotate90(&upright)),
        ("upside-down.png", image::imageops::rotate180(&upright)),
    ] {
        let file = folder.path().join(name);
        picture.save(&file).unwrap();
        let scanned = scan(&["--json", file.to_str().unwrap()]);
        let codes = &scanned.object()["codes"];
        assert_eq!(codes[0]["text"], "409632457895", "{name}");
        assert_eq!(codes[0]["symbology"], "Code128", "{name}");
    }
}

fn light_on_dark() -> image::GrayImage {
    let mut picture = image::open(fixture("codes/redeemed.png"))
        .unwrap()
        .into_luma8();
    image::imageops::invert(&mut picture);
    picture
}

#[test]
fn a_light_code_on_dark_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inverted.png");
    light_on_dark().save(&file).unwrap();
    let scanned = scan(&["--json", file.to_str().unwrap()]);
    assert_eq!(scanned.object()["codes"][0]["text"], "409632457895");
}

#[test]
fn corners_go_round_the_code_from_its_top_left() {
    let picture = fixture("codes/redeemed.png");
    let scanned = scan(&["--json", picture.to_str().unwrap()]);
    let corners = &scanned.object()["codes"][0]["corners"];
    let at = |corner: usize, axis: usize| corners[corner][axis].as_i64().unwrap();
    // 210 pixels wide, its middle 20 below the picture's.
    let expected = [[215, 155], [425, 155], [425, 365], [215, 365]];
    for (corner, [x, y]) in expected.into_iter().enumerate() {
        for off in [at(corner, 0) - x, at(corner, 1) - y] {
            assert!(off.abs() < 45, "{corners}");
        }
    }
}

#[test]
fn a_folder_of_frames_is_played_until_two_agree() {
    let folder = tempfile::tempdir().unwrap();
    let empty = image::GrayImage::from_pixel(640, 480, image::Luma([128]));
    let code = image::open(fixture("codes/redeemed.png")).unwrap();
    for number in 0..10 {
        let file = folder.path().join(format!("{number:03}.png"));
        if number < 5 {
            empty.save(&file).unwrap();
        } else {
            code.save(&file).unwrap();
        }
    }
    let live = |args: &[&str]| scan(&[args, &["--live", folder.path().to_str().unwrap()]].concat());
    let played = live(&["--json"]);
    assert_eq!(played.exit, 0, "{}", played.stderr);
    let object = played.object();
    assert_eq!(object["text"], "409632457895");
    assert_eq!(object["frames"], 7);
    assert_eq!(object["secs"], 0.2);
    assert_eq!(live(&[]).stdout, "409632457895: 7 frames, 0.20 s\n");
}

#[test]
fn a_pass_that_read_something_has_its_turn_again_in_a_folder_as_before_a_camera() {
    let folder = tempfile::tempdir().unwrap();
    let code = light_on_dark();
    for number in 0..10 {
        code.save(folder.path().join(format!("{number:03}.png")))
            .unwrap();
    }
    let played = scan(&["--json", "--live", folder.path().to_str().unwrap()]);
    assert_eq!(played.exit, 0, "{}", played.stdout);
    // The first frame is the coach's, the second is read by a deeper pass, and the third by the same one.
    assert_eq!(played.object()["frames"], 3);
}

#[test]
fn a_stream_of_dark_frames_is_coached() {
    let folder = tempfile::tempdir().unwrap();
    let mut code = image::open(fixture("codes/redeemed.png"))
        .unwrap()
        .into_luma8();
    // Its middle is gone, so that it cannot be read.
    for (x, y, pixel) in code.enumerate_pixels_mut() {
        let is_gone = x.abs_diff(320) < 52 && y.abs_diff(260) < 80;
        pixel.0[0] = if is_gone { 30 } else { pixel.0[0] / 6 };
    }
    for number in 0..75 {
        code.save(folder.path().join(format!("{number:03}.png")))
            .unwrap();
    }
    let played = scan(&["--json", "--live", folder.path().to_str().unwrap()]);
    assert_eq!(played.exit, 1, "{}", played.stdout);
    assert_eq!(played.object()["hints"], serde_json::json!(["TooDark"]));
}
