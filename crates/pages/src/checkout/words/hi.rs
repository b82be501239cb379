//! Hindi, as people speak. Numbers stay in Latin digits, as on cards and phones.

use super::Words;
use crate::{Lang, checkout::view::FormFault};
use rokad_domain::{
    acquirer::{Fault, Method},
    card::CardFault,
};

pub(super) const WORDS: Words = Words {
    lang: Lang::Hi,
    brand: "रोकड़",
    brand_line: "सुरक्षित भुगतान",
    test_mode: "टेस्ट मोड: असली पैसे नहीं कटेंगे",
    test_data: "टेस्ट के लिए जानकारी",
    test_card: "कार्ड 5123 4567 8901 2346, आगे की कोई भी तारीख, CVV 123, OTP 123456",
    test_card_fails: "कार्ड 6011 1111 1111 1117 से भुगतान हमेशा नाकाम होता है",
    test_upi: "UPI: success@payu से भुगतान हो जाता है, fail@payu से नहीं होता, slow@payu में समय लगता है",
    test_bank: "नेट बैंकिंग: यूज़र payu, पासवर्ड payu, OTP 123456",
    order: "ऑर्डर",
    purpose: "किसलिए",
    time_left: "बचा समय",
    minutes_left: "इतने मिनट बचे हैं:",
    footer: "आपका कार्ड नंबर और CVV सिर्फ़ आपके बैंक को जाता है। हम इन्हें अपने पास नहीं रखते।",
    footer_link: "भुगतान सेवा: रोकड़",

    choose: "आप कैसे भुगतान करेंगे?",
    nothing_left: "इस ऑर्डर का भुगतान अब यहाँ नहीं हो सकता।",
    card_number: "कार्ड नंबर",
    card_expiry: "कब तक मान्य",
    card_expiry_help: "महीना और साल, जैसे 08/29",
    card_cvv: "CVV",
    card_cvv_help: "कार्ड के पीछे के 3 अंक; American Express: आगे के 4",
    card_name: "कार्ड पर लिखा नाम",
    card_kept: "कार्ड नंबर और CVV फिर से लिखें: हम इन्हें कभी नहीं रखते।",
    vpa: "UPI ID",
    vpa_help: "जैसे naam@bank। भुगतान की मंज़ूरी आप अपने UPI ऐप में देंगे।",
    bank: "आपका बैंक",
    bank_choose: "अपना बैंक चुनें",
    bank_help: "आप अपने बैंक के ही पेज पर लॉग इन करेंगे।",
    wallet: "आपका वॉलेट",
    wallet_choose: "अपना वॉलेट चुनें",
    wallet_help: "आप अपने वॉलेट के ही पेज पर लॉग इन करेंगे।",
    qr_help: "हम आपको एक QR कोड दिखाएँगे। उसे किसी भी UPI ऐप से स्कैन करें। कोड दिखने के बाद आप कोई और तरीका नहीं चुन सकेंगे।",
    qr_show: "QR कोड दिखाएँ",
    cancel: "भुगतान रद्द करें",
    wait: "कृपया रुकें…",
    please_correct: "कृपया इसे ठीक करें",
    not_paid: "भुगतान नहीं हो पाया।",
    no_money: "आपके पैसे नहीं कटे हैं।",
    too_many: "इस ऑर्डर के लिए बहुत बार कोशिश हो चुकी है। दुकान पर लौटकर नया ऑर्डर करें।",

    bank_title: "अपने बैंक के पेज पर भुगतान की मंज़ूरी दें",
    bank_going: "आपके बैंक का पेज अभी खुल रहा है। वहाँ मंज़ूरी दें, फिर आप अपने-आप यहाँ लौट आएँगे।",
    bank_back: "यह भुगतान आपके बैंक के पेज पर आपकी मंज़ूरी का इंतज़ार कर रहा है। हमारी जानकारी में अभी तक पैसे नहीं कटे हैं।",
    bank_continue: "अपने बैंक के पेज पर जाएँ",
    wallet_title: "अपने वॉलेट के पेज पर भुगतान की मंज़ूरी दें",
    wallet_going: "आपके वॉलेट का पेज अभी खुल रहा है। वहाँ मंज़ूरी दें, फिर आप अपने-आप यहाँ लौट आएँगे।",
    wallet_back: "यह भुगतान आपके वॉलेट के पेज पर आपकी मंज़ूरी का इंतज़ार कर रहा है। हमारी जानकारी में अभी तक पैसे नहीं कटे हैं।",
    wallet_continue: "अपने वॉलेट के पेज पर जाएँ",
    change: "किसी और तरीके से भुगतान करें",
    change_help: "सिर्फ़ तब, जब आपने इस भुगतान की मंज़ूरी अभी नहीं दी हो।",

    app_title: "अपने UPI ऐप में भुगतान की मंज़ूरी दें",
    app_steps: [
        "अपने फ़ोन पर UPI ऐप खोलें।",
        "भुगतान का अनुरोध खोलें और नाम व रकम जाँच लें।",
        "अपना UPI PIN डालकर मंज़ूरी दें।",
    ],
    follows: "भुगतान होते ही यह पेज अपने-आप आगे बढ़ेगा। इसे खुला रखें।",
    reload: "फिर से देखें",

    checking_title: "हम आपके बैंक से पूछ रहे हैं",
    checking: "आपके बैंक ने अभी जवाब नहीं दिया है। अगर पैसे कटे होंगे, तो यहीं दिख जाएगा।",
    checking_follows: "बैंक का जवाब आते ही यह पेज अपने-आप आगे बढ़ेगा। इसे खुला रखें।",
    do_not_pay_again: "दोबारा भुगतान न करें।",

    qr_title: "स्कैन करके भुगतान करें",
    qr_steps: [
        "अपने फ़ोन पर कोई भी UPI ऐप खोलकर यह कोड स्कैन करें।",
        "नाम और रकम जाँच लें।",
        "अपना UPI PIN डालकर मंज़ूरी दें।",
    ],
    qr_open: "UPI ऐप में खोलें",
    qr_no_picture: "कोड यहाँ नहीं दिखाया जा सकता। बटन दबाएँ, या नीचे दी गई UPI ID पर संदर्भ नंबर के साथ भुगतान करें।",
    qr_stays: "समय पूरा होने तक इस कोड से भुगतान हो सकता है, इसलिए तब तक कोई और तरीका नहीं चुना जा सकता। अगर कोई इससे भुगतान नहीं करता, तो पैसे नहीं कटेंगे।",
    payee: "पैसे किसे मिलेंगे",
    upi_address: "UPI ID",
    reference: "संदर्भ नंबर",
    amount: "रकम",

    paid_title: "भुगतान हो गया",
    payment_id: "भुगतान नंबर",
    failed_title: "भुगतान नहीं हुआ",
    cancelled_title: "भुगतान रद्द किया गया",
    expired_title: "भुगतान का समय खत्म हो गया",
    expired: "यह भुगतान समय पर पूरा नहीं हुआ।",
    pending_title: "आपके बैंक ने अभी जवाब नहीं दिया है",
    pending: "दोबारा भुगतान न करें। हम आपके बैंक से पूछते रहेंगे और पता चलते ही दुकान को बता देंगे।",
    may_close: "अब आप यह पेज बंद कर सकते हैं।",

    not_found_title: "यहाँ कोई भुगतान नहीं मिला",
    not_found: "शायद पता गलत या अधूरा है। दुकान पर लौटकर भुगतान फिर से शुरू करें।",
    link_expired_title: "इस लिंक का समय खत्म हो गया है",
    link_expired: "इससे आपके पैसे नहीं कटे हैं। दुकान से नया लिंक माँगें।",
    already_paid_title: "इस ऑर्डर का भुगतान हो चुका है",
    already_paid_link: "यह भुगतान देखें",
    bad_order_title: "यह भुगतान शुरू नहीं हो सकता",
    bad_order: "दुकान से आया ऑर्डर हम पढ़ नहीं पाए। आपके पैसे नहीं कटे हैं। कृपया दुकान को बताएँ।",
    for_developers: "दुकान के डेवलपर के लिए",
    busy_title: "कृपया थोड़ी देर में फिर कोशिश करें",
    busy: "अभी यहाँ बहुत भीड़ है। इस बार आपके पैसे नहीं कटे हैं।",
    broken_title: "हमारी तरफ़ से कुछ गड़बड़ हुई है",
    broken: "दोबारा भुगतान करने से पहले जाँच लें: यह पेज फिर से खोलें, या दुकान से पूछें कि आपका भुगतान पहुँचा या नहीं।",

    title: |amount, merchant| format!("{merchant} को {amount} का भुगतान"),
    pay: |amount| format!("{amount} का भुगतान करें"),
    back_to: |merchant| format!("{merchant} पर वापस जाएँ"),
    going_to: |merchant| format!("आप {merchant} पर वापस जा रहे हैं…"),
    asked_at: |vpa| format!("{vpa} पर भुगतान का अनुरोध भेजा गया है।"),
    paid: |amount, merchant| format!("आपने {merchant} को {amount} का भुगतान किया।"),
    already_paid: |merchant, txnid| {
        format!("{merchant} के ऑर्डर {txnid} का भुगतान पहले ही हो चुका है। पैसे दोबारा नहीं कटेंगे।")
    },
    qr_label: |amount, payee| format!("{payee} को {amount} देने का QR कोड"),
    method,
    fault,
    form_fault,
};

const fn method(method: Method) -> (&'static str, &'static str) {
    match method {
        Method::Card => ("कार्ड", "क्रेडिट या डेबिट"),
        Method::Upi => ("UPI", "आपके UPI ऐप पर अनुरोध आएगा"),
        Method::NetBanking => ("नेट बैंकिंग", "अपने बैंक के पेज पर"),
        Method::Wallet => ("वॉलेट", "अपने वॉलेट के पेज पर"),
        Method::UpiQr => ("UPI QR कोड", "किसी भी UPI ऐप से स्कैन करें"),
    }
}

const fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Declined => "आपके बैंक ने भुगतान मंज़ूर नहीं किया। किसी और तरीके से भुगतान करें, या अपने बैंक से पूछें।",
        Fault::InsufficientFunds => "खाते में इतने पैसे नहीं हैं। किसी और तरीके से भुगतान करें।",
        Fault::CvvWrong => "CVV गलत था। कार्ड पर लिखे अंक देखकर फिर कोशिश करें।",
        Fault::BrandInvalid => "इस तरह के कार्ड यहाँ नहीं चलते। दूसरा कार्ड या कोई और तरीका आज़माएँ।",
        Fault::VpaUnknown => "यह UPI ID मौजूद नहीं है। इसे जाँचकर फिर कोशिश करें।",
        Fault::OtpIncorrect => "OTP कई बार गलत डाला गया। फिर से कोशिश करें।",
        Fault::AuthenticationFailed => {
            "आपका बैंक आपकी पहचान पक्की नहीं कर पाया। फिर कोशिश करें, या किसी और तरीके से भुगतान करें।"
        }
        Fault::CancelledAtBank => {
            "आपने बैंक के पेज पर भुगतान रद्द किया। आप फिर कोशिश कर सकते हैं या कोई और तरीका चुन सकते हैं।"
        }
        Fault::NotFinished => "भुगतान को समय पर मंज़ूरी नहीं मिली। फिर से कोशिश करें।",
        Fault::CalledOff => "आपने पिछली कोशिश रोक दी। अब भुगतान का तरीका चुनें।",
        Fault::NotReceived => "भुगतान आपके बैंक तक नहीं पहुँचा। फिर से कोशिश करें।",
        Fault::BankUnreachable => {
            "आपके बैंक से संपर्क नहीं हो पाया। थोड़ी देर में फिर कोशिश करें, या किसी और तरीके से भुगतान करें।"
        }
        Fault::Other => "आपके बैंक ने भुगतान से मना कर दिया। फिर कोशिश करें, या किसी और तरीके से भुगतान करें।",
    }
}

const fn form_fault(fault: FormFault) -> &'static str {
    match fault {
        FormFault::Card(card) => match card {
            CardFault::NumberNotDigits => "कार्ड नंबर में सिर्फ़ अंक होते हैं",
            CardFault::NumberLength => "कार्ड नंबर में 12 से 19 अंक होते हैं",
            CardFault::NumberMistyped => "कार्ड नंबर का कोई अंक गलत लिखा है",
            CardFault::SchemeUnknown => "इस तरह के कार्ड हम नहीं ले सकते",
            CardFault::ExpiryUnreadable => "महीना और साल लिखें, जैसे 08/29",
            CardFault::Expired => "इस कार्ड की तारीख निकल चुकी है",
            CardFault::CvvLength => "CVV में 3 अंक होते हैं (American Express: 4)",
        },
        FormFault::NameMissing => "नाम वैसे ही लिखें जैसे कार्ड पर है",
        FormFault::VpaUnreadable => "UPI ID ऐसी होती है: naam@bank",
        FormFault::BankMissing => "अपना बैंक चुनें",
        FormFault::WalletMissing => "अपना वॉलेट चुनें",
    }
}
