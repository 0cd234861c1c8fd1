//! Every field of every document: what the reader takes, what the schema and the field table say.

use super::shape::{Field, Object, Shape};

const fn field(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, shape, about }
}

/// Documents by the word in their field `type`.
pub(super) static DOCUMENTS: &[(&str, &Object)] = &[
    ("receipt", &RECEIPT),
    ("kitchen-ticket", &KITCHEN_TICKET),
    ("reservation", &RESERVATION),
    ("cash-out", &CASH_OUT),
    ("label", &LABEL),
    ("text", &TEXT),
    ("html", &HTML),
    ("image", &IMAGE),
    ("pdf", &PDF),
    ("raw", &RAW),
    ("drawer", &DRAWER),
    ("test-page", &TEST_PAGE),
];

/// The words themselves, for messages.
pub(super) const TYPES: &[&str] = &[
    "receipt",
    "kitchen-ticket",
    "reservation",
    "cash-out",
    "label",
    "text",
    "html",
    "image",
    "pdf",
    "raw",
    "drawer",
    "test-page",
];

const SYMBOLOGIES: &[&str] =
    &["qr", "pdf417", "ean-13", "ean-8", "upc-a", "code-39", "code-128", "itf", "codabar"];
const TOTAL_KINDS: &[&str] =
    &["subtotal", "discount", "service", "delivery", "tax", "tip", "rounding"];
const ALIGNS: &[&str] = &["left", "centre", "right"];
const DITHERS: &[&str] = &["auto", "floyd-steinberg", "atkinson", "threshold"];
const PINS: &[&str] = &["pin2", "pin5"];

const DATE: &str = "ISO 8601 (2026-11-27, 2026-11-27T12:30, also with seconds and zone) is written as the language does, \
                    without the zone; anything else is printed as it is";
const CURRENCY: &str =
    "ISO 4217 code such as EUR, or a sign; it also says how many decimals a JSON number gets";

/// What stands around the content.
const FRAME: &[Field] = &[
    field(
        "language",
        Shape::Language,
        "BCP 47 tag such as fr-DZ: our words, amounts and dates follow it; without it \
        our words are English, and amounts and dates are printed as they are",
    ),
    field(
        "copies",
        Shape::Copies,
        "how many of it, each cut off; from the second on each says which one it is",
    ),
    field("logo", Shape::ObjectOr(&PICTURE, "data"), "the shop's picture, above everything"),
    field("header", Shape::Lines, "the shop's heading, the first line large"),
    field("marks", Shape::Lines, "lines in white on black, such as TRAINING"),
    field("title", Shape::Text, "what it is, large"),
    field("codes", Shape::List(&CODE, None), "QR codes and barcodes, before the footer"),
    field("footer", Shape::Lines, "last lines, centred"),
];

const ORDER: &[Field] = &[
    field("order", Shape::Text, "order number"),
    field("number", Shape::Text, "receipt or invoice number, where it is not the order's"),
    field("service", Shape::Text, "how it is served, such as Delivery"),
    field("table", Shape::Text, "table"),
    field("covers", Shape::Quantity, "how many people sit there"),
    field("date", Shape::Text, DATE),
    field("customer", Shape::ObjectOr(&CUSTOMER, "name"), "for whom"),
    field("cashier", Shape::Text, "who served"),
    field("delivery", Shape::ObjectOr(&DELIVERY, "courier"), "who brings it"),
    field("items", Shape::List(&ITEM, Some("name")), "what was ordered"),
    field("notes", Shape::Lines, "remarks to the whole order"),
];

const SUMS: &[Field] = &[
    field("totals", Shape::List(&TOTAL, None), "amounts before the total, in this order"),
    field("taxes", Shape::List(&TAX, None), "taxes by rate"),
    field("total", Shape::Amount, "what is to be paid, large"),
    field("payments", Shape::List(&PAYMENT, Some("method")), "how it was paid"),
    field("received", Shape::Amount, "what the customer handed over"),
    field("change", Shape::Amount, "what the customer got back"),
    field("currency", Shape::Text, CURRENCY),
];

static RECEIPT: Object = Object {
    name: "receipt",
    about: "A bill for a customer.",
    fields: &[FRAME, ORDER, SUMS],
    required: &[],
};

static KITCHEN_TICKET: Object = Object {
    name: "kitchen-ticket",
    about: "A ticket for those who cook: large, and without any amount, also where it carries some.",
    fields: &[FRAME, ORDER, SUMS],
    required: &[],
};

static RESERVATION: Object = Object {
    name: "reservation",
    about: "A table that is kept for somebody.",
    fields: &[
        FRAME,
        &[
            field("number", Shape::Text, "confirmation number"),
            field("customer", Shape::ObjectOr(&CUSTOMER, "name"), "for whom"),
            field("date", Shape::Text, DATE),
            field("time", Shape::Text, "time of day, where the date does not say it"),
            field("party_size", Shape::Quantity, "how many people come"),
            field("table", Shape::Text, "table"),
            field("notes", Shape::Lines, "what the customer wishes"),
        ],
    ],
    required: &[],
};

static CASH_OUT: Object = Object {
    name: "cash-out",
    about: "Money taken out of the drawer, or counted at the end of a shift.",
    fields: &[
        FRAME,
        &[
            field("number", Shape::Text, "number of the slip"),
            field("date", Shape::Text, DATE),
            field("cashier", Shape::Text, "who took it"),
            field("totals", Shape::List(&TOTAL, None), "amounts before the sum, in this order"),
            field("amount", Shape::Amount, "how much, large"),
            field("currency", Shape::Text, CURRENCY),
            field("notes", Shape::Lines, "what for"),
        ],
    ],
    required: &[],
};

static LABEL: Object = Object {
    name: "label",
    about: "A label for a product, a bag or a shelf.",
    fields: &[
        FRAME,
        &[
            field("lines", Shape::Lines, "lines below the title"),
            field("price", Shape::Amount, "price, large"),
            field("unit", Shape::Text, "what the price is for, such as kg"),
            field("currency", Shape::Text, CURRENCY),
            field("date", Shape::Text, DATE),
        ],
    ],
    required: &[],
};

static TEXT: Object = Object {
    name: "text",
    about: "Plain text, wrapped at words.",
    fields: &[&[field("text", Shape::Text, "the text")]],
    required: &["text"],
};

static HTML: Object = Object {
    name: "html",
    about: "A page of HTML.",
    fields: &[&[field("html", Shape::Text, "the page")]],
    required: &["html"],
};

const PICTURE_FIELDS: &[Field] = &[
    field("data", Shape::Data, "the file, in base64 or as a data URI"),
    field("align", Shape::Word(ALIGNS), "where it stands; centre unless told"),
    field(
        "width",
        Shape::Width,
        "dots, or per cent of the paper such as \"50%\"; its own size unless told, and never \
        wider than the paper",
    ),
    field("dither", Shape::Word(DITHERS), "how greys become dots; auto unless told"),
];

static IMAGE: Object = Object {
    name: "image",
    about: "A picture: PNG, JPEG, GIF, BMP, WebP or SVG.",
    fields: &[PICTURE_FIELDS],
    required: &["data"],
};

static PDF: Object = Object {
    name: "pdf",
    about: "The pages of a PDF, one below the other.",
    fields: &[PICTURE_FIELDS],
    required: &["data"],
};

static RAW: Object = Object {
    name: "raw",
    about: "Printer commands, sent as they are.",
    fields: &[&[field("data", Shape::Data, "the bytes, in base64")]],
    required: &["data"],
};

static DRAWER: Object = Object {
    name: "drawer",
    about: "A kick of the cash drawer, nothing on paper.",
    fields: &[&[field("pin", Shape::Word(PINS), "which drawer; pin2 unless told")]],
    required: &[],
};

static TEST_PAGE: Object = Object {
    name: "test-page",
    about: "A page that proves what the printer can do.",
    fields: &[&[field("lines", Shape::Lines, "lines under its heading")]],
    required: &[],
};

static PICTURE: Object = Object {
    name: "picture",
    about: "A picture within a document; a text alone is its data.",
    fields: &[PICTURE_FIELDS],
    required: &["data"],
};

static CODE: Object = Object {
    name: "code",
    about: "A code to be scanned.",
    fields: &[&[
        field("symbology", Shape::Word(SYMBOLOGIES), "its kind"),
        field("data", Shape::Text, "what a scanner reads; check digits may be left out"),
        field("caption", Shape::Text, "a line below it"),
    ]],
    required: &["symbology", "data"],
};

static CUSTOMER: Object = Object {
    name: "customer",
    about: "Who a document is for; a text alone is the name.",
    fields: &[&[
        field("name", Shape::Text, "name"),
        field("phone", Shape::Text, "telephone number"),
        field("email", Shape::Text, "e-mail address"),
        field("address", Shape::Lines, "address"),
        field("tax_id", Shape::Text, "tax number"),
    ]],
    required: &[],
};

static DELIVERY: Object = Object {
    name: "delivery",
    about: "Who brings an order; a text alone is the courier's name.",
    fields: &[&[
        field("courier", Shape::Text, "name of who brings it"),
        field("phone", Shape::Text, "telephone number of who brings it"),
        field("fee", Shape::Amount, "what it costs"),
    ]],
    required: &[],
};

static ITEM: Object = Object {
    name: "item",
    about: "One line of an order; a text alone is the name.",
    fields: &[&[
        field("name", Shape::Text, "what it is"),
        field("quantity", Shape::Quantity, "how many"),
        field("unit", Shape::Text, "what is counted, such as kg"),
        field("price", Shape::Amount, "price of one"),
        field(
            "total",
            Shape::Amount,
            "price of all, modifiers and discount included; never worked out by Platen",
        ),
        field("tax", Shape::Text, "tax code, put behind the name"),
        field(
            "modifiers",
            Shape::List(&MODIFIER, Some("name")),
            "what was added, left out or chosen",
        ),
        field("discount", Shape::Object(&TOTAL), "a discount on this line"),
        field("notes", Shape::Lines, "remarks, below the item"),
    ]],
    required: &[],
};

static MODIFIER: Object = Object {
    name: "modifier",
    about: "Something added to an item, left out of it or chosen with it; a text alone is the name.",
    fields: &[&[
        field("name", Shape::Text, "what it is"),
        field("quantity", Shape::Quantity, "how many"),
        field("price", Shape::Amount, "what it costs"),
        field(
            "modifiers",
            Shape::List(&MODIFIER, Some("name")),
            "what was chosen with it in turn, further in",
        ),
    ]],
    required: &[],
};

static TOTAL: Object = Object {
    name: "total",
    about: "An amount with what it is: a kind for our word in the receipt's language, or a label of the sender's.",
    fields: &[&[
        field("kind", Shape::Word(TOTAL_KINDS), "what it is"),
        field("label", Shape::Text, "the same in the sender's words, which win"),
        field("amount", Shape::Amount, "how much, with its sign"),
    ]],
    required: &["amount"],
};

static TAX: Object = Object {
    name: "tax",
    about: "A tax of one rate.",
    fields: &[&[
        field("label", Shape::Text, "what it is called, such as VAT, or the code that items carry"),
        field("rate", Shape::Quantity, "rate in per cent"),
        field("base", Shape::Amount, "what it is taken of"),
        field("amount", Shape::Amount, "how much it is"),
    ]],
    required: &[],
};

static PAYMENT: Object = Object {
    name: "payment",
    about: "One of the ways in which it was paid; a text alone is the method. Without one our word stands there.",
    fields: &[&[
        field("method", Shape::Text, "how, such as Card"),
        field("amount", Shape::Amount, "how much"),
        field("reference", Shape::Text, "the payment's number, or the last digits of the card"),
    ]],
    required: &[],
};
