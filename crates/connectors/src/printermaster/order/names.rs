//! The names under which senders write an order's fields. The contract fixes none of them; the first that is there wins.

/// A field of the receipt, and what senders call it.
pub(super) type Names = &'static [&'static str];

pub(super) const ORDER: Names = &["orderNumber", "order_number", "number"];
/// What stands in for an order number where there is no other number at all.
pub(super) const ID: Names = &["orderId", "order_id", "id"];
pub(super) const RECEIPT_NUMBER: Names =
    &["receiptNumber", "receipt_number", "invoiceNumber", "invoice_number"];
pub(super) const SERVICE: Names =
    &["orderType", "order_type", "serviceType", "service_type", "diningOption"];
pub(super) const TABLE: Names = &["tableNumber", "table_number", "tableName", "table"];
pub(super) const COVERS: Names =
    &["covers", "guests", "guestCount", "guest_count", "numberOfGuests", "partySize"];
pub(super) const DATE: Names =
    &["date", "orderDate", "order_date", "createdAt", "created_at", "timestamp", "time"];
pub(super) const CASHIER: Names =
    &["cashierName", "cashier", "serverName", "server", "waiter", "employee_name", "employeeName"];
pub(super) const ITEMS: Names =
    &["items", "orderItems", "order_items", "lineItems", "lines", "products"];
pub(super) const NOTES: Names = &[
    "notes",
    "note",
    "specialInstructions",
    "special_instructions",
    "special_requests",
    "comment",
    "comments",
];
pub(super) const HEADER: Names =
    &["header", "headerText", "storeName", "shopName", "restaurantName"];
pub(super) const SHOP_LINES: [Names; 3] = [
    &["storeAddress", "shopAddress", "restaurantAddress"],
    &["storePhone", "shopPhone", "restaurantPhone"],
    &["storeTaxId", "taxNumber", "vatNumber"],
];
pub(super) const FOOTER: Names = &["footer", "footerText", "footerMessage", "thankYouMessage"];
pub(super) const QR: Names = &["qrCode", "qr_code", "qr"];
pub(super) const BARCODE: Names = &["barcode", "barCode"];
pub(super) const LANGUAGE: Names = &["language", "locale", "lang"];
pub(super) const CURRENCY: Names = &["currency", "currencyCode", "currencySymbol"];
pub(super) const COPIES: Names = &["copies", "numberOfCopies"];

pub(super) const CUSTOMER: Names = &["customerName", "customer_name", "customer", "clientName"];
pub(super) const CUSTOMER_PHONE: Names = &["customerPhone", "customer_phone", "clientPhone"];
pub(super) const CUSTOMER_EMAIL: Names = &["customerEmail", "customer_email"];
pub(super) const CUSTOMER_ADDRESS: Names =
    &["customerAddress", "customer_address", "deliveryAddress", "delivery_address"];
pub(super) const CUSTOMER_TAX_ID: Names = &["customerTaxId", "customer_tax_id"];
/// The same within a customer's own object.
pub(super) const PHONE: Names = &["phone", "phoneNumber", "phone_number", "mobile"];
pub(super) const EMAIL: Names = &["email"];
pub(super) const ADDRESS: Names = &["address"];
pub(super) const TAX_ID: Names = &["taxId", "tax_id", "vatNumber"];
/// Parts of an address that is an object, in the order of the paper.
pub(super) const ADDRESS_PARTS: [Names; 5] = [
    &["line1", "street", "address"],
    &["line2"],
    &["postalCode", "postal_code", "zip"],
    &["city"],
    &["country"],
];
pub(super) const COURIER: Names =
    &["deliverymanName", "deliveryman_name", "courierName", "courier", "driverName"];
pub(super) const COURIER_PHONE: Names =
    &["deliverymanPhone", "deliveryman_phone", "courierPhone", "driverPhone"];

pub(super) const SUBTOTAL: Names = &["subtotal", "subTotal", "sub_total"];
pub(super) const DISCOUNT: Names = &["discount", "discountAmount", "discount_amount"];
pub(super) const DELIVERY: Names =
    &["deliveryFee", "delivery_fee", "deliveryCost", "delivery_cost"];
pub(super) const SERVICE_CHARGE: Names = &["serviceCharge", "service_charge", "serviceFee"];
pub(super) const TAX: Names = &["tax", "taxAmount", "tax_amount", "vat"];
pub(super) const TIP: Names = &["tip", "tipAmount", "gratuity"];
pub(super) const ROUNDING: Names = &["rounding", "roundingAmount", "rounding_amount"];
pub(super) const TOTAL: Names =
    &["total", "totalAmount", "total_amount", "grandTotal", "grand_total", "amount"];
pub(super) const DISCOUNTS: Names = &["discounts"];
pub(super) const TAXES: Names = &["taxes", "taxLines", "tax_lines", "taxBreakdown", "vatBreakdown"];
pub(super) const TAX_RATE: Names = &["rate", "percentage", "percent", "taxRate"];
pub(super) const TAX_BASE: Names = &["base", "net", "netAmount", "taxable", "taxableAmount"];
pub(super) const PAYMENTS: Names = &["payments", "tenders"];
pub(super) const PAID: Names = &["amountPaid", "amount_paid", "paid"];
pub(super) const RECEIVED: Names = &["amountReceived", "amount_received", "received", "tendered"];
pub(super) const PAYMENT_METHOD: Names = &["paymentMethod", "payment_method", "paymentType"];
/// The same within one of several payments.
pub(super) const METHOD: Names = &["method", "paymentMethod", "payment_method", "type"];
pub(super) const REFERENCE: Names =
    &["reference", "transactionId", "transaction_id", "last4", "cardNumber"];
pub(super) const CHANGE: Names = &["change", "changeAmount", "change_amount"];

pub(super) const NAME: Names = &[
    "name",
    "productName",
    "product_name",
    "itemName",
    "item_name",
    "title",
    "label",
    "description",
];
pub(super) const NAMED: Names = &["product", "menuItem", "item"];
pub(super) const QUANTITY: Names = &["quantity", "qty", "count"];
pub(super) const UNIT: Names = &["unit", "unitName", "uom"];
pub(super) const PRICE: Names = &["unitPrice", "unit_price", "price"];
pub(super) const ITEM_TOTAL: Names =
    &["total", "totalPrice", "total_price", "lineTotal", "line_total", "subtotal"];
pub(super) const TAX_CODE: Names = &["taxCode", "tax_code", "vatCode"];
pub(super) const EXTRAS: Names = &["modifiers", "options", "extras", "addons", "toppings"];
pub(super) const AMOUNT: Names = &["amount", "total", "value", "tax", "price"];

/// Every name that an order may carry.
pub(super) const IN_ORDER: &[Names] = &[
    ORDER,
    ID,
    RECEIPT_NUMBER,
    SERVICE,
    TABLE,
    COVERS,
    DATE,
    CASHIER,
    ITEMS,
    NOTES,
    HEADER,
    SHOP_LINES[0],
    SHOP_LINES[1],
    SHOP_LINES[2],
    FOOTER,
    QR,
    BARCODE,
    LANGUAGE,
    CURRENCY,
    COPIES,
    CUSTOMER,
    CUSTOMER_PHONE,
    CUSTOMER_EMAIL,
    CUSTOMER_ADDRESS,
    CUSTOMER_TAX_ID,
    COURIER,
    COURIER_PHONE,
    SUBTOTAL,
    DISCOUNT,
    DELIVERY,
    SERVICE_CHARGE,
    TAX,
    TIP,
    ROUNDING,
    TOTAL,
    DISCOUNTS,
    TAXES,
    PAYMENTS,
    PAID,
    RECEIVED,
    PAYMENT_METHOD,
    CHANGE,
];
/// Every name that an item may carry.
pub(super) const IN_ITEM: &[Names] =
    &[NAME, NAMED, QUANTITY, UNIT, PRICE, ITEM_TOTAL, TAX_CODE, EXTRAS, DISCOUNT, NOTES];
