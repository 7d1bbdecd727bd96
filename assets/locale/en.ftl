# Every sentence a person reads, in English. Keys and variables are the same in every language; a test compares them.
# A message says what happened; its `.do` says what to do next.

## The viewfinder and what is being done
idle = Hold the coupon's code before the camera
idle-no-camera = Type the code, or use a scanner
work-decrypting = Opening the link …
work-querying = Asking Weixin about this code …
work-asking-again = The look-up is a minute old: asking Weixin again …
work-journaling = Writing it down …
work-consuming = Redeeming … please wait
notice-redeemed-here = This desk redeemed this coupon at { $time }
notice-wait = One moment: the last coupon is still being redeemed

## The review
review = May be redeemed
review-changed = Something changed since you looked: please check again
review-confirm = Confirm: redeem now
review-cancel = Cancel
label-code = Code
label-card = Coupon
label-validity = Valid
label-status = Status
label-holder = Customer
label-details = Details
card-unnamed = Coupon { $card_id }
card-unknown = Coupon

## What a coupon is worth
benefit-cash = ¥{ $amount } off
benefit-cash-from = ¥{ $amount } off, from ¥{ $least } on
benefit-discount = { $percent } % off

## Dates; days are Beijing's calendar days
validity-always = no time limit
validity-until = { $left ->
        [0] until today, 23:59
        [one] until tomorrow, { $end }
       *[other] until { $end } ({ $left } days left)
    }
validity-until-far = until { $end }
validity-over = until { $end }: over
validity-from = from { $begin } to { $end } (in { $days ->
        [one] 1 day
       *[other] { $days } days
    })
validity-from-open = from { $begin } on (in { $days ->
        [one] 1 day
       *[other] { $days } days
    })

day-near = { $weekday }, { $day }
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday

## Weixin's status words
status-normal = Unused
status-consumed = Redeemed
status-expire = Expired
status-gifting = Being given away
status-gift-timeout = Gift not taken, returned to the giver
status-gift-succ = Given away
status-delete = Deleted by the customer
status-unavailable = Made invalid by the merchant
status-other = Unknown status "{ $status }"
status-untold = Not told

## Outcomes: one word to be read from afar
outcome-queried = May be redeemed
outcome-redeemed = Redeemed
outcome-already-redeemed = Already redeemed
outcome-refused = Cannot be redeemed
outcome-not-redeemed = Not redeemed
outcome-in-doubt = Not known yet
outcome-unreachable = No connection to Weixin
outcome-set-up = The kiosk needs attention

## Why, and what to do
why-confirmed = Weixin has confirmed it.
    .do = Hand over what the coupon is for.
why-found-redeemed = Weixin's answer was lost, but the coupon now counts as redeemed. Most likely it was this desk.
    .do = Hand over what the coupon is for, and note it if the customer doubts it.
why-found-unused = Weixin's answer was lost, and the coupon is still unused.
    .do = Nothing was redeemed. Scan the coupon again.
why-consumed = This coupon has been used before, here or elsewhere.
    .do = Do not hand anything over. The customer can look at the coupon in Weixin.
why-redeemed-here = This desk redeemed it { $ago }.
    .do = It counts once: do not hand anything over again.
ago-now = just now
ago-seconds = { $count } seconds ago
ago-minutes = { $count } minutes ago
ago-hours = { $count } hours ago
ago-days = { $count } days ago
why-expire = Its last day is over.
    .do = Ask the customer for another coupon.
why-gifting = The customer is giving it away, and the gift has not been taken yet.
    .do = The customer can take the gift back in Weixin, or its new owner brings it.
why-gift-timeout = It was given away, not taken, and has gone back to the giver.
    .do = Ask the customer to open the coupon anew in Weixin, then scan again.
why-gift-succ = It was given away and belongs to another person now.
    .do = Only its new owner can use it.
why-delete = The customer has deleted it.
    .do = Ask the customer for another coupon.
why-unavailable = The merchant has made it invalid.
    .do = Ask the store manager, or ask the customer for another coupon.
why-status-other = Weixin reports a status that this kiosk does not know.
    .do = Do not hand anything over. Ask the store manager.
why-not-yet-valid = It is not valid yet.
    .do = Ask the customer to come back on its first day.
why-expired = Its last day is over.
    .do = Ask the customer for another coupon.
why-cannot-consume = Weixin does not let it be redeemed, and does not say why.
    .do = Ask the customer to open the coupon's page in Weixin: the limits stand there.
why-already-redeemed = This coupon has been used before, here or elsewhere.
    .do = Do not hand anything over. The customer can look at the coupon in Weixin.
why-unknown-code = Weixin does not know this code here.
    .do = It may not have been taken up yet, have been given away, belong to another merchant, be a Weixin Pay coupon, or be a special code that needs its card number set up. Ask to see the coupon's page.
why-not-usable = It was deleted, has expired, is being given away or was made invalid.
    .do = Ask the customer to open the coupon's page in Weixin: the reason stands there.
why-wrong-time = It cannot be used at this time.
    .do = Look at its dates and hours on the customer's phone.
why-wrong-kind = This kind of card is not redeemed at the counter.
    .do = A member card is shown, not used up. Ask the store manager.
why-use-limit = The customer has used this coupon as often as is allowed.
    .do = Ask the customer for another coupon.
why-not-marked = This is a shared coupon, and the customer has not picked it for use yet.
    .do = Ask the customer to open it and choose to use it, then scan again.
why-bad-encrypt-code = This link is damaged or belongs to another merchant.
    .do = Ask the customer to open the coupon itself and show its code.
why-card-id = The card number of this coupon is not set up right.
    .do = Call the merchant's IT: cards.custom_code in the kiosk's configuration.
why-token = Weixin no longer accepts the kiosk's access.
    .do = Nothing was redeemed. Try once more; if it stays so, call the merchant's IT: the access token.
why-credentials = Weixin does not accept the kiosk's account.
    .do = Nothing was redeemed. Call the merchant's IT: app id or app secret is wrong or frozen.
why-ip-list = Weixin does not allow this kiosk's internet address.
    .do = Nothing was redeemed. Call the merchant's IT: the address must be on the account's IP list.
why-permission = The merchant's Weixin account may not do this.
    .do = Nothing was redeemed. Call the merchant's IT: the account's permissions.
why-daily-quota = Today's calls to Weixin are used up.
    .do = Nothing was redeemed. Call the merchant's IT; it works again tomorrow.
why-minute-quota = Too many calls to Weixin in this minute.
    .do = Nothing was redeemed. Wait a minute, then scan again.
why-request = Weixin did not understand this code.
    .do = Scan again. If it stays so, ask the store manager.
why-account = The merchant's Weixin account waits for its administrator.
    .do = Nothing was redeemed. Call the merchant's IT.
why-unlisted = Weixin refused for a reason that this kiosk does not know.
    .do = Do not hand anything over. Ask the store manager.
why-connect = Weixin cannot be reached.
    .do = Nothing was redeemed. Check the network, then scan again.
why-tls = The connection to Weixin is not trustworthy.
    .do = Nothing was redeemed. Call the merchant's IT: certificate, clock or network.
why-no-token = The kiosk's access to Weixin could not be renewed.
    .do = Nothing was redeemed. Check the network, then scan again.
why-token-set-up = The kiosk's access to Weixin is not set up.
    .do = Nothing was redeemed. Call the merchant's IT: the token's file or address.
why-quota = The calls to Weixin are used up for now.
    .do = Nothing was redeemed. Wait, then scan again.
why-unknown-looking = Weixin gave no usable answer.
    .do = Nothing was redeemed. Scan again in a moment.
why-unknown-consuming = It was sent, but Weixin's answer did not come.
    .do = Keep the coupon open and do not hand anything over yet: the kiosk goes on asking. You can serve the next customer.
why-payment-code = This is a code for paying, not a coupon.
    .do = Ask the customer to open the coupon in Weixin: Me, Cards & Offers. The code was not kept.
why-empty = There is no text in this code.
    .do = Ask the customer to open the coupon in Weixin.
why-receive-link = This code is for receiving a coupon, not for using one.
    .do = Ask the customer to take the coupon first, then to show its code.
why-card-number = This is the number of a kind of coupon, not a customer's coupon.
    .do = Ask the customer to open the coupon and show its code.
why-link = This is a web address, not a coupon.
    .do = Ask the customer to open the coupon in Weixin.
why-other-scheme = This code is for something else, not a coupon.
    .do = Ask the customer to open the coupon in Weixin.
why-text = This text cannot be a coupon's code.
    .do = Ask the customer to open the coupon in Weixin, or type the code.
why-not-honoured = This store does not take this coupon.
    .do = Ask the customer for another coupon, or ask the store manager.
why-journal-full = The kiosk's disk is full, so nothing can be written down.
    .do = Nothing was redeemed. Codes can be looked up. Call the merchant's IT.
why-journal-read-only = The kiosk's journal cannot be written.
    .do = Nothing was redeemed. Codes can be looked up. Call the merchant's IT: the journal's file or folder is read-only.
why-journal-damaged = The kiosk's journal is damaged.
    .do = Nothing was redeemed. Codes can be looked up. Call the merchant's IT: run "journal verify".
why-journal-newer = The kiosk's journal was made by a newer version.
    .do = Nothing was redeemed. Codes can be looked up. Call the merchant's IT: install the newer version.
why-journal-failing = The kiosk's disk does not take the journal.
    .do = Nothing was redeemed. Codes can be looked up. Call the merchant's IT.

## One line for the customer, in the customer's own language
customer-redeemed = Your coupon has been redeemed. Thank you!
customer-already-redeemed = This coupon has been used already.
customer-over = This coupon is no longer valid.
customer-early = This coupon is not valid yet.
customer-gift = This coupon is being given to somebody else.
customer-refused = This coupon cannot be used here.
customer-show-coupon = Please open the coupon in Weixin and show its code.
customer-wait = One moment please: we are checking your coupon.
customer-trouble = We cannot check your coupon right now. It has not been used.
customer-language = The customer's line in the other language

## For IT
details-open = Details
details-title = For the merchant's IT
details-scan = A photograph of this holds it all
details-outcome = Outcome
details-time = Time
details-refusal = Weixin's code
details-support = Trace
details-id = Attempt
details-none = none

## Attention
doubt-line = Not known yet: { $code }, since { $time }, asked { $asked ->
        [one] once
       *[other] { $asked } times
    }{ $asking ->
        [yes] , asking now
       *[no] {""}
    }
doubt-asking = Asking Weixin again …
doubt-next = Asked { $asked ->
        [0] not yet
        [one] once
       *[other] { $asked } times
    }, again in { $seconds } s
details-errcode = Weixin's code { $errcode }
details-trace = trace { $trace }
details-attempt = attempt { $attempt }
proof-reply = proved by Weixin's answer
proof-query = found by a look-up afterwards
proof-override = a manager's decision

## The demo in a terminal
demo-watermark = DEMO: recorded answers, nothing is redeemed
demo-shows = A phone is held up: { $picture }
demo-reads = The camera reads: { $text }
demo-reads-payment = The camera reads a code that is not printed here
demo-touches = The clerk touches: { $button }

## A picture from the command line
no-code = There is no code in this picture.
reconcile-left = Still not known: { $count }.
reconcile-done = Nothing is in doubt.
journal-held = Another coupon-kiosk has the journal { $path } open, and only one at a time may redeem. Close that one first, or name another journal.

## The window
review-wait = One moment …
review-asked = Weixin told this at { $time }
label-benefit = Worth
back = Touch anywhere to go on
back-in = Back in { $seconds } s
back-in-minutes = Back in { $minutes } min
keypad-open = Type the code
keypad-title = Type the coupon's code
keypad-hint = It stands under the code on the phone
keypad-look-up = Look up
keypad-clear = Clear
keypad-back = Delete the last character
keypad-letters = ABC
keypad-digits = 123
keypad-close = Back
keypad-length = { $count ->
        [one] 1 character
       *[other] { $count } characters
    }
language-other = 中文
ask-now = Ask now
doubts-title = Not known yet
doubts-rule = Ask the customer to wait if you can. The kiosk goes on asking Weixin by itself; other customers can be served.
doubts-line = { $code }, confirmed at { $time }
doubts-more = { $count } more below the last one shown
doubts-close = Close
attention-doubts = { $count ->
        [one] 1 outcome not known yet
       *[other] { $count } outcomes not known yet
    }
attention-show = Show
view-held = This code was read already. Take the phone away for a moment to read it again.
view-several = Several codes are in view. Show one at a time.

## The camera
camera-none = No camera
    .do = Plug one in. Until then, type the code or use a scanner.
camera-opening = The camera is being opened …
    .do = It takes a moment.
camera-live = The camera is on
    .do = Hold the coupon's code before it.
camera-stalled = The camera sends no picture
    .do = It is being started anew. Until then, type the code or use a scanner.
camera-lost = The camera was unplugged
    .do = Plug it in again. Until then, type the code or use a scanner.
camera-busy = Another program uses the camera
    .do = Close that program. Until then, type the code or use a scanner.
camera-refused = This kiosk may not open the camera
    .do = Call the merchant's IT. Until then, type the code or use a scanner.
camera-unusable = This camera's pictures cannot be used
    .do = Plug in another one. Until then, type the code or use a scanner.

## The way to Weixin
connection-untried = Weixin: not asked yet
connection-answering = Weixin answers
connection-trouble = Since { $time }: { $why }

## The demo's phones
window-lacking = There is a display, but no window can be opened: these packages are missing: { $packages }.
window-none = There is no display to open a window on: start this in a desktop session or under a kiosk shell (DISPLAY or WAYLAND_DISPLAY says where).
demo-in-terminal = The demo goes on in the terminal.
demo-strip = Hold up a phone:
story-redeemed = A valid coupon
story-already-redeemed = Used before
story-expired = Expired
story-not-yet-valid = Not yet valid
story-gifting = Being given away
story-deleted = Deleted
story-unknown-code = Unknown code
story-custom-code = Merchant's own code
story-link = Link with a sealed code
story-payment-code = Code for paying
story-member-card = Member card
story-token-renewed = Token out of date
story-no-network = No network
story-answer-lost = Answer lost, then found
story-lost-for-good = Answer lost for good

## The day at the desk
day-open = Today
day-title = Today
day-totals = { $redeemed } redeemed, { $other } not, { $doubt } not known
day-empty = Nothing has been scanned today.
day-none-found = No code of today ends like this.
day-failed = The kiosk's journal cannot be read. Call the merchant's IT.
day-search = Last digits
day-newer = Newer
day-older = Older
day-page = { $page } of { $pages }
day-close = Back
told-query = Looked up: { $outcome }
told-intent = Confirmed, and about to be sent to Weixin
told-resend = Sent again: Weixin wanted a new access token first
told-probe = Asked Weixin what became of it: { $status }
told-probe-none = Asked Weixin what became of it: no usable answer
told-settled = { $outcome }, { $proof }
told-remark = Remark: { $text }
told-mistake = Noted for the manager: redeemed by mistake
told-by = { $told } ({ $clerk })
remark-open = Order number or remark
remark-keep = Keep
mistake-open = Redeemed by mistake
mistake-ask = Note for the manager that this was redeemed by mistake? The coupon stays redeemed: nothing can undo it.
mistake-yes = Yes, note it
mistake-no = No
typing-space = space
sign-in-title = Who is it?
sign-in-manager = A manager's PIN, please
sign-out = Sign out { $name }
pin-hint = PIN
pin-ok = OK
pin-wrong = That is not the PIN. { $left ->
        [one] 1 more try
       *[other] { $left } more tries
    } before a wait.
pin-wait = Too many wrong PINs: wait { $seconds } s
staff-damaged = The list of staff cannot be read. Call the merchant's IT: staff.json beside the journal.
staff-hint = With staff on this list everybody signs in with a PIN of his own, and the journal says who did what.
staff-add = Add
staff-name = Name
staff-next = Next
staff-clerk = Clerk
staff-manager = Manager
staff-pin = New PIN
staff-remove = Take off the list
staff-pin-once = { $name }: type a PIN of 4 to 8 digits.
staff-pin-again = { $name }: type the same PIN again.
staff-pin-differs = { $name }: these were two different PINs. Type the PIN anew.
staff-fault-name = A name has 1 to 24 characters.
staff-fault-taken = There is somebody of this name already.
staff-fault-first = The first one on the list has to be a manager.
staff-fault-last = The last manager stays while there are clerks.
staff-fault-length = A PIN has 4 to 8 digits.
staff-fault-weak = This PIN is too easy: not the same digit over and over, not 1234.
staff-fault-kept = It could not be written. Call the merchant's IT.
service-corner = Service
service-title = Service
service-open = There is no manager yet, so anybody may change this. Add one under Staff.
service-store = Store's name
service-store-hint = As it stands at the top of the screen
service-camera = Camera
service-no-camera = No camera can be chosen here.
service-lock = Lock when idle
service-lock-hint = After so long without a touch the desk asks who it is; never in the middle of a redemption.
service-staff = Staff
service-export = Today's list as a file
service-exported = Written to { $path }
service-not-exported = The file could not be written. Call the merchant's IT.
service-leave = Close the kiosk
lock-never = Never
lock-seconds = { $seconds } s
lock-minutes = { $minutes } min
first-language = Language
    .do = 选择语言 / Choose the language
first-store = Store's name
    .do = It stands at the top of the screen. It may stay empty.
first-way = How is Weixin reached?
    .do = The merchant's IT knows. It can be changed later in settings.toml beside the journal.
first-way-account = With the account's AppID and AppSecret
first-way-service = By the merchant's own token service
first-appid = AppID
    .do = As the platform shows it: it begins with wx.
first-url = Address of the token service
    .do = It begins with https://
first-secret = AppSecret
    .do = It goes into a file of its own that only this kiosk can read.
first-bearer = The service's key
    .do = What the service wants to hear; leave it empty where it wants nothing.
first-test = Does Weixin answer?
    .do = The kiosk asks about a code that nobody has. Nothing is redeemed.
first-try = Try
first-testing = Asking Weixin …
first-works = Weixin answers this kiosk.
first-wrong = The AppID or the address cannot be right. Go back and look at it again.
first-begin = Begin
