//! Receipts in many scripts on a printer that knows only code page 437, against pictures of the paper that a person has looked at.
//!
//! `PLATEN_GOLDEN=write cargo test -p platen-escpos --test scripts` writes the pictures anew: look at them before you keep them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{Profile, encode, paper::Paper};
use platen_job::{Document, Frame, Money, Payment, Quantity, Receipt, ReceiptItem, ReceiptTotal};
use std::path::Path;

/// A shop's words: its name, a line below it, three items with a note to the first, subtotal, cash, and a farewell.
struct Words {
    shop: &'static str,
    street: &'static str,
    items: [&'static str; 3],
    note: &'static str,
    subtotal: &'static str,
    cash: &'static str,
    currency: &'static str,
    farewell: &'static str,
}

fn only_437() -> Profile {
    let profile = Profile::from_toml(
        r#"
        name = "only-437"
        model = "A printer with one code page"
        base = "generic-80"
        [code_pages]
        3 = "none"
        4 = "none"
        5 = "none"
        16 = "none"
        17 = "none"
        18 = "none"
        19 = "none"
        "#,
    );
    let profile = profile.unwrap();
    assert_eq!(profile.code_pages().len(), 1);
    profile
}

fn receipt(words: &Words) -> Document {
    let item = |(index, name): (usize, &&str)| ReceiptItem {
        name: (*name).into(),
        quantity: Some(Quantity((index + 1).to_string())),
        price: Some(Money(if index == 0 { "12.00".into() } else { format!("{}.50", index + 3) })),
        total: Some(Money(format!("{}.00", (index + 1) * 12))),
        notes: if index == 0 { vec![words.note.into()] } else { Vec::new() },
        ..ReceiptItem::default()
    };
    Document::Receipt(Box::new(Receipt {
        frame: Frame {
            header: vec![words.shop.into(), words.street.into()],
            footer: vec![words.farewell.into()],
            ..Frame::default()
        },
        order: Some("A-1047".into()),
        items: words.items.iter().enumerate().map(item).collect(),
        totals: vec![ReceiptTotal {
            label: words.subtotal.into(),
            amount: Money("72.00".into()),
            ..ReceiptTotal::default()
        }],
        total: Some(Money("72.00".into())),
        currency: Some(words.currency.into()),
        payments: vec![Payment {
            method: words.cash.into(),
            amount: Some(Money("72.00".into())),
            ..Payment::default()
        }],
        ..Receipt::default()
    }))
}

/// The paper of a document is the kept picture, and shows all of it.
fn assert_picture(name: &str, document: &Document) {
    let profile = only_437();
    let encoded = encode(document, &profile, None).unwrap();
    assert_eq!(encoded.notes, [], "{name}");
    assert_eq!(encode(document, &profile, None).unwrap(), encoded, "{name}");
    let png = Paper::read(&encoded.bytes, &profile).picture();
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/scripts/{name}.png"));
    if std::env::var("PLATEN_GOLDEN").is_ok_and(|word| word == "write") {
        std::fs::write(&path, &png).unwrap();
    }
    let kept = std::fs::read(&path).unwrap();
    assert!(png == kept, "{name}.png came out differently");
}

macro_rules! scripts {
    ($($name:ident: $words:expr;)*) => {
        $(#[test]
        fn $name() {
            assert_picture(stringify!($name), &receipt(&$words));
        })*
    };
}

scripts! {
    arabic: Words {
        shop: "مقهى بلاتن",
        street: "١٢ شارع النيل، القاهرة",
        items: ["قهوة عربية بالهيل", "شاي بالنعناع (كبير)", "كنافة نابلسية مع قشطة وفستق حلبي محمص"],
        note: "بدون سكر، لو سمحت",
        subtotal: "المجموع الفرعي",
        cash: "نقدًا",
        currency: "ج.م",
        farewell: "شُكْرًا لِزِيَارَتِكُم – إلى اللقاء!",
    };
    persian: Words {
        shop: "کافه پلاتن",
        street: "تهران، خیابان ولیعصر، پلاک ۱۲",
        items: ["چای زعفرانی", "کباب کوبیده با برنج ایرانی", "می‌خواهم بستنی سنتی"],
        note: "بدون پیاز",
        subtotal: "جمع جزء",
        cash: "نقدی",
        currency: "﷼",
        farewell: "از خرید شما سپاسگزاریم",
    };
    hebrew: Words {
        shop: "קפה פלטן",
        street: "רחוב דיזנגוף 99, תל אביב",
        items: ["קפה הפוך (גדול)", "שקשוקה חריפה", "עוגת גבינה אפויה עם פירות יער טריים"],
        note: "בלי סוכר, 2% חלב",
        subtotal: "סכום ביניים",
        cash: "מזומן",
        currency: "₪",
        farewell: "תּוֹדָה רַבָּה וּלְהִתְרָאוֹת!",
    };
    thai: Words {
        shop: "ร้านกาแฟพลาเทน",
        street: "๑๒ ถนนสุขุมวิท กรุงเทพฯ",
        items: ["กาแฟเย็นใส่นม", "ผัดไทยกุ้งสดใส่ไข่ไม่ใส่ถั่วลิสงและพริกป่นเพิ่มถั่วงอก", "น้ำมะพร้าว"],
        note: "ไม่ใส่น้ำตาล ที่นี่",
        subtotal: "ยอดรวม",
        cash: "เงินสด",
        currency: "฿",
        farewell: "ขอบคุณที่ใช้บริการ",
    };
    devanagari: Words {
        shop: "प्लेटन कैफ़े",
        street: "१२ महात्मा गांधी मार्ग, नई दिल्ली",
        items: ["मसाला चाय", "पनीर टिक्का के साथ तंदूरी रोटी और प्याज", "स्ट्रॉबेरी श्रीखंड"],
        note: "कम मिर्च, बिना प्याज",
        subtotal: "उप-योग",
        cash: "नकद",
        currency: "₹",
        farewell: "धन्यवाद, फिर पधारें!",
    };
    bengali: Words {
        shop: "প্ল্যাটেন ক্যাফে",
        street: "১২ পার্ক স্ট্রিট, কলকাতা",
        items: ["দুধ চা", "চিংড়ি মাছের মালাইকারি ও বাসমতি ভাত", "রসগোল্লা"],
        note: "চিনি ছাড়া",
        subtotal: "উপমোট",
        cash: "নগদ",
        currency: "৳",
        farewell: "ধন্যবাদ, আবার আসবেন",
    };
    tamil: Words {
        shop: "பிளாட்டன் கஃபே",
        street: "12 அண்ணா சாலை, சென்னை",
        items: ["காபி", "மசாலா தோசை தேங்காய் சட்னியுடன்", "ஸ்ரீ கேசரி"],
        note: "சர்க்கரை இல்லாமல்",
        subtotal: "கூட்டுத்தொகை",
        cash: "ரொக்கம்",
        currency: "₹",
        farewell: "நன்றி, மீண்டும் வருக!",
    };
    chinese: Words {
        shop: "普拉滕咖啡馆",
        street: "上海市南京西路12号",
        items: ["拿铁咖啡（大杯）", "宫保鸡丁配白米饭，少油少盐，不要花生，多放辣椒和葱", "Espresso 双份"],
        note: "不加糖、加冰",
        subtotal: "小计",
        cash: "现金",
        currency: "¥",
        farewell: "谢谢惠顾，欢迎再来！",
    };
    japanese: Words {
        shop: "カフェ・プラテン",
        street: "東京都渋谷区１－２－３",
        items: ["抹茶ラテ", "味噌ラーメン（大盛り）チャーシュー追加、ねぎ抜き、半熟たまご付き", "ｱｲｽｺｰﾋｰ"],
        note: "砂糖なし",
        subtotal: "小計",
        cash: "現金",
        currency: "円",
        farewell: "ありがとうございました。",
    };
    korean: Words {
        shop: "플래튼 카페",
        street: "서울특별시 강남구 테헤란로 12",
        items: ["아메리카노", "돌솥비빔밥 (고추장 따로, 계란 추가, 콩나물 많이 주세요)", "녹차"],
        note: "설탕 없이",
        subtotal: "소계",
        cash: "현금",
        currency: "₩",
        farewell: "감사합니다. 또 오세요!",
    };
    vietnamese: Words {
        shop: "Quán Cà Phê Platen",
        street: "12 Nguyễn Huệ, Thành phố Hồ Chí Minh",
        items: ["Cà phê sữa đá", "Phở bò tái chín đặc biệt thêm rau thơm và nước béo", "Bánh mì thịt nướng"],
        note: "Ít đường, không hành",
        subtotal: "Tạm tính",
        cash: "Tiền mặt",
        currency: "₫",
        farewell: "Cảm ơn quý khách, hẹn gặp lại!",
    };
    greek: Words {
        shop: "Καφέ Πλάτεν",
        street: "Ερμού 12, Αθήνα",
        items: ["Ελληνικός καφές", "Μουσακάς με σαλάτα χωριάτικη και φέτα", "Μπύρα ½ λίτρο"],
        note: "χωρίς ζάχαρη",
        subtotal: "Υποσύνολο",
        cash: "Μετρητά",
        currency: "€",
        farewell: "Ευχαριστούμε πολύ!",
    };
    cyrillic: Words {
        shop: "Кафе «Платен»",
        street: "ул. Пушкина, 12, Київ – Москва",
        items: ["Кофе по-восточному", "Борщ украинский с пампушками и сметаной", "Ґалушки, їжак, ѓевреци"],
        note: "без сахара",
        subtotal: "Подытог",
        cash: "Наличные",
        currency: "₴",
        farewell: "Спасибо, приходите ещё!",
    };
    albanian: Words {
        shop: "Kafja Platen",
        street: "Rruga e Durrësit 12, Tiranë",
        items: ["Kafe ekspres", "Çaj mali me mjaltë", "Byrek me spinaq dhe gjizë të freskët"],
        note: "pa sheqer, ju lutem, ë Ë ç Ç",
        subtotal: "Nëntotali",
        cash: "Para në dorë",
        currency: "L",
        farewell: "Faleminderit, mirë se të vini përsëri!",
    };
    french: Words {
        shop: "Café de l’Œuvre",
        street: "12 rue de l’Église – 67000 Strasbourg",
        items: ["Crème brûlée", "Bœuf bourguignon, gratin dauphinois « maison »", "Œuf à la coque"],
        note: "bien cuit… s’il vous plaît",
        subtotal: "Sous-total",
        cash: "Espèces",
        currency: "€",
        farewell: "Merci de votre visite ! À bientôt",
    };
    polish: Words {
        shop: "Kawiarnia Żółw",
        street: "ul. Świętokrzyska 12, Łódź",
        items: ["Kawa z mlekiem", "Żurek z jajkiem i białą kiełbasą na zakwasie", "Pączek"],
        note: "bez cukru, ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ",
        subtotal: "Suma częściowa",
        cash: "Gotówka",
        currency: "zł",
        farewell: "Dziękujemy, zapraszamy ponownie!",
    };
    signs: Words {
        shop: "┌─┬─╔═╦═╗ ░▒▓█ ★☆",
        street: "€ £ ¥ ₹ ₺ ₽ ₴ ₫ ₪ ฿ ₩ ₦ ₿ ₾ ₼ ₸ ₱ ₲ ₵ ¢ ¤",
        items: ["½ ¼ ¾ ² ³ × ÷ ± ≤ ≥ ≠ ≈ ∞ √ µ °", "→ ← ↑ ↓ ✓ ✗ ☐ ☑ ● ○ ◆ ™ © ® № ‰ §", "„Anführung“ ‘single’ ‹a› «b» – — … •"],
        note: "│ ├ ┼ ┤ ║ ╠ ╬ ╣ ╚ ╝",
        subtotal: "x\u{302} e\u{323}\u{301} ﬁ ﬂ",
        cash: "Ⅳ ① ⁵ ₂ ẞ Ǆ 〜 ㎏",
        currency: "₺",
        farewell: "\u{fffd} shows as itself",
    };
    emoji: Words {
        shop: "☕ Platen 🍕",
        street: "🇫🇷 🇩🇪 🇯🇵 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} ❤️ 1️⃣ #️⃣",
        items: ["🍔 Burger 🥓🧀", "👩‍🍳 Chef’s choice 👨‍👩‍👧‍👦 family 👍🏽 👋🏿", "🍺🍺 Beer & 🍷"],
        note: "🌶️🌶️ hot, no 🥜",
        subtotal: "Subtotal 🧾",
        cash: "💵",
        currency: "€",
        farewell: "Thank you 🙏😀🎉",
    };
}

/// A shop's words in a language that is read from right to left: names at the right, amounts at the left on one axis.
fn mirrored(language: &str, currency: &str, words: [&str; 6]) -> Document {
    let [shop, coffee, cheese, kilo, tax, cash] = words;
    let sent = serde_json::json!({
        "type": "receipt", "language": language, "currency": currency, "header": [shop],
        "order": "A-1047", "date": "2026-11-27T17:05:00+02:00",
        "items": [
            {"name": coffee, "quantity": 2, "price": "18.50", "total": "37.00",
             "modifiers": [{"name": "Latte", "quantity": 2, "price": "1.00"}]},
            {"name": cheese, "quantity": "0.35", "unit": kilo, "price": "30.00", "total": "10.50"},
            {"name": "Coca-Cola", "quantity": 1, "total": "1234.00"},
        ],
        "totals": [
            {"kind": "subtotal", "amount": "1281.50"},
            {"kind": "discount", "amount": "-1.50"},
        ],
        "taxes": [
            {"label": tax, "rate": 14, "base": "1100.00", "amount": "154.00"},
            {"label": tax, "rate": 5, "base": "24.75", "amount": "1.25"},
        ],
        "total": "1280.00",
        "payments": [{"method": cash, "amount": "1300.00"}],
        "change": "20.00",
    });
    Document::from_json(sent.to_string().as_bytes()).unwrap().0
}

#[test]
fn mirrored_arabic() {
    let words = ["مقهى بلاتن", "قهوة عربية بالهيل", "جبنة بيضاء", "كغ", "ض.ق.م", "نقدًا"];
    assert_picture("mirrored_arabic", &mirrored("ar-EG", "EGP", words));
}

#[test]
fn mirrored_persian() {
    let words = ["کافه تهران", "قهوه ترک", "پنیر سفید", "کیلو", "مالیات", "نقد"];
    assert_picture("mirrored_persian", &mirrored("fa-IR", "IRR", words));
}

#[test]
fn mirrored_hebrew() {
    let words = ["קפה תל אביב", "קפה הפוך גדול", "גבינה לבנה", "ק\"ג", "מע\"מ", "מזומן"];
    assert_picture("mirrored_hebrew", &mirrored("he-IL", "ILS", words));
}
