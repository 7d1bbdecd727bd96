# Every sentence a person reads, in English. Keys and variables are the same in every language; a test compares them.
# A message says what happened; its `.do` says what to do next.

## The viewfinder and what is being done
idle = Hold the coupon's code before the camera
idle-no-camera = Type the code, or use a scanner
work-decrypting = Opening the link …
work-querying = Asking Weixin about this code …
work-repeat = Asking Weixin all the same …
work-asking-again = The look-up is a minute old: asking Weixin again …
work-journaling = Writing it down …
work-consuming = Redeeming … please wait
notice-wait = One moment: the last coupon is still being redeemed
notice-slow-disk = The kiosk's disk was slow, and nothing was sent: please look again and confirm

## The review
review = May be redeemed
review-changed = Something changed since you looked: please check again
review-confirm = Confirm: redeem now
review-blocked = Something else touches the glass: lift it, or wipe the glass dry. Then touch again.
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
outcome-unreachable = No connection
outcome-set-up = Kiosk not ready

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
why-redeemed-at = { $desk } redeemed it { $ago }.
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
    .do = Not taken up yet, given away, another merchant's, a Weixin Pay coupon, or a merchant's own code that IT must set up. Ask to see the coupon's page.
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
why-overruled-handed-over = Weixin's answer did not come. A manager has decided: the goods were handed over.
    .do = Do not hand anything over again. The kiosk goes on asking Weixin as long as that may help.
why-overruled-not-handed-over = Weixin's answer did not come. A manager has decided: the goods were not handed over.
    .do = Do not hand anything over. The kiosk goes on asking Weixin as long as that may help.
why-redeemed-elsewhere = It counts as redeemed, and Weixin reports that it was not done through this kiosk but by another way.
    .do = Do not hand anything over on this kiosk's word. The manager decides.
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
why-wifi = This code is for a Wi-Fi network, not a coupon.
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
details-scan = Photograph the code: it holds all of this
details-outcome = Outcome
details-time = Time
details-refusal = Weixin's code
details-errmsg = Weixin's words
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
doubt-asking = Asking Weixin again, { $number } of { $of } …
doubt-next = Asking Weixin again, { $number } of { $of }, in { $seconds } s
known-nothing = Weixin has not answered about it yet
known-no-answer = Weixin gave no usable answer
known-status = Weixin says: { $status } (not believed yet)
known-errcode = Weixin refused the look-up
known-elsewhere = Redeemed by another way, as Weixin reports
known-ruled = { $goods }, a manager's decision. { $known }
details-errcode = Weixin's code { $errcode }
details-trace = trace { $trace }
details-attempt = attempt { $attempt }
proof-reply = proved by Weixin's answer
proof-query = found by a look-up afterwards
proof-witness = found by a look-up, and Weixin reported it too
proof-override = a manager's decision
goods-handed-over = Goods handed over
goods-not-handed-over = Goods not handed over
ground-shown-used = The phone shows the coupon as used
ground-shown-unused = The phone shows the coupon as unused
ground-customer-left = The customer could not wait
ground-goodwill = Goodwill
ground-other = Another reason (in your own words)
override-open = Manager decides
override-title = What became of the goods for { $code }?
override-rule = { $known }. Your word is written down beside everything else. It proves nothing, and the kiosk goes on asking.
override-words = In your own words
override-keep = Write it down

## The demo in a terminal
demo-watermark = DEMO: recorded answers, nothing is redeemed
demo-shows = A phone is held up: { $picture }
demo-chooses = A phone that cannot be read: its customer scans the desk's own code with it and chooses: { $coupon }
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
keypad-small = abc
keypad-capitals = ABC
keypad-close = Back
keypad-length = { $count ->
        [one] 1 character
       *[other] { $count } characters
    }
keypad-digits-advice = Weixin's own codes have 12 digits, you have { $count }
keypad-digits-right = 12 digits, as Weixin's own codes have
keypad-again = Typed last: type anew, or delete what is wrong
keypad-no-paste = Nothing is pasted here: type the code or scan it
keypad-no-such-character = No code has this character
keypad-full = No code has more than { $count } characters
language-other = 中文
ask-now = Ask now
doubts-title = Not known yet
doubts-rule = Ask the customer to wait if you can. The kiosk goes on asking Weixin by itself; other customers can be served.
doubts-line = { $code }, confirmed at { $time }, { $age }
doubts-more = { $count } more below the last one shown
close = Close
attention-doubts = { $count ->
        [one] 1 outcome not known yet
       *[other] { $count } outcomes not known yet
    }
attention-show = Show
view-held = This code was read already. Take the phone away for a moment to read it again.
view-several = Several codes are in view: touch the one that is meant.
# What an assistive program calls the outline of one of several codes.
sight = Code { $number } of { $count }
hint-too-dark = Too dark: make the phone's display brighter.
hint-too-bright = Too bright: turn the phone a little, so that no light is mirrored in it.
hint-too-far = Too far away: hold the phone closer.
hint-too-close = Too close: the whole code has to be in the picture.
hint-moving = Hold the phone still.
hint-out-of-focus = Not sharp: hold the phone a hand's breadth further away or closer.
hint-tilted = Hold the phone straight before the camera.

## The camera
camera-none = No camera
    .do = Plug one in. Until then, a USB scanner reads codes too.
camera-opening = The camera is being opened …
    .do = It takes a moment.
camera-live = The camera is on
    .do = Hold the coupon's code before it.
camera-stalled = The camera sends no picture
    .do = It is being started anew. Until then, a USB scanner reads codes too.
camera-lost = The camera was unplugged
    .do = Plug it in again. Until then, a USB scanner reads codes too.
camera-busy = Another program uses the camera
    .do = Close that program. Until then, a USB scanner reads codes too.
camera-refused = This kiosk may not open the camera
    .do = Call the merchant's IT. Until then, a USB scanner reads codes too.
camera-unusable = This camera's pictures cannot be used
    .do = Plug in another one. Until then, a USB scanner reads codes too.

## The way to Weixin
connection-untried = Weixin: not asked yet
connection-answering = Weixin answers
connection-trouble = Since { $time }: { $why }

## The doctor, for the merchant's IT
doctor-good = good
doctor-watch = watch
doctor-bad = BAD
doctor-verdict = { $bad ->
        [0] Nothing is bad
        [one] 1 thing is bad
       *[other] { $bad } things are bad
    }, { $watch ->
        [0] and nothing is to be watched.
        [one] and 1 is to be watched.
       *[other] and { $watch } are to be watched.
    }
doctor-photograph = The code above holds this in short: photograph it and send it to the merchant's IT. It holds no secret.
doctor-versions = coupon-kiosk { $program }, journal schema { $schema }, { $system }, Linux { $kernel }
doctor-configuration-good = { $file } holds
doctor-configuration-watch = { $file } holds, and { $warnings ->
        [one] 1 line is
       *[other] { $warnings } lines are
    } to be looked at
    .do = Run: coupon-kiosk check
doctor-configuration-bad = The configuration does not hold ({ $file }): { $mistakes ->
        [one] 1 mistake
       *[other] { $mistakes } mistakes
    }
    .do = Run: coupon-kiosk check. What needs a configuration was not looked at.
doctor-permissions-good = Secrets and journal are their owner's alone
doctor-permissions-secret = Others than its owner may read the secret in { $file } (mode { $mode })
    .do = chmod 600 { $file }, and think about a new secret.
doctor-permissions-journal = Others than its owner may use the journal { $file } (mode { $mode })
    .do = chmod 600 { $file }
doctor-permissions-root = This is run as root: what the kiosk's own user may do was not tried
    .do = Run it as the kiosk's user: sudo -u coupon-kiosk coupon-kiosk doctor
doctor-disk-good = The disk makes a write durable in { $millis } ms
doctor-disk-slow = The disk needs { $millis } ms to make a write durable: the clerk waits three times as long at each redemption
    .do = Look for a worn disk, a full one, or one that is reached over a network.
doctor-disk-full = No file can be written in { $folder }: the disk is full
    .do = Make room. Nothing is redeemed until then.
doctor-disk-refused = No file can be written in { $folder }
    .do = Give the folder to the kiosk's user. Nothing is redeemed until then.
doctor-room-good = { $mib } MiB are free in { $folder }
doctor-room-little = Only { $mib } MiB are free in { $folder }
    .do = Make room before it is full: then nothing can be redeemed.
doctor-room-none = Only { $mib } MiB are free in { $folder }
    .do = Make room now: without it nothing can be redeemed.
doctor-journal-whole = The journal is whole: { $records ->
        [one] 1 record
       *[other] { $records } records
    }
doctor-journal-none = There is no journal yet at { $file }
    .do = The first start makes it. If coupons were redeemed here before, the path is wrong.
doctor-journal-broken = The journal is damaged: records were changed, removed or cut off
    .do = Nothing is redeemed with it. Run: coupon-kiosk journal verify. Keep all its files.
doctor-journal-newer = The journal was written by a newer version of this program
    .do = Install that version again.
doctor-journal-refused = The journal cannot be read by this user
    .do = Give the folder to the kiosk's user, or run this as that user.
doctor-doubt-none = No redemption is in doubt
doctor-doubt-some = { $count ->
        [one] 1 redemption is in doubt,
       *[other] { $count } redemptions are in doubt,
    } the oldest for { $minutes } min
    .do = The running kiosk goes on asking. If none runs: coupon-kiosk journal reconcile
doctor-doubt-unreadable = What is in doubt cannot be read
    .do = Run: coupon-kiosk journal verify
doctor-dns-address = { $host } is an address: no name to look up
doctor-dns-found = { $host } is known ({ $count } addresses, { $millis } ms)
doctor-dns-unknown = The name { $host } is not known here
    .do = Look at the network cable and at the name server (/etc/resolv.conf).
doctor-tls-trusted = The certificate of { $host } is trusted
doctor-tls-loopback = { $host } is this machine itself, reached without TLS
doctor-tls-no-authority = This machine trusts no certificate authority
    .do = apt-get install ca-certificates
doctor-tls-ca-file = { $file } holds no whole certificate
    .do = Put the authority's certificate there in PEM form, or take weixin.ca_file out.
doctor-tls-inspected = Somebody opens TLS on the way: { $host } answers with a certificate of "{ $issuer }", which is not trusted here
    .do = This is a company's own authority. Get its certificate from the network's people, and name the file in weixin.ca_file.
doctor-tls-stranger = The certificate that answers for { $host } is of "{ $issuer }", which is not trusted here
    .do = If that is your company's authority, name its certificate in weixin.ca_file. If nobody knows it, do not use this network.
doctor-tls-wrong-name = What answers for { $host } has another name's certificate (of "{ $issuer }")
    .do = Another server answers in Weixin's place: look for a captive portal, a wrong weixin.base_url, or a name server that lies.
doctor-tls-expired = The certificate of { $host } is over by this machine's clock
    .do = Look at the clock first. If it is right, tell whoever runs { $host }.
doctor-tls-not-yet = The certificate of { $host } has not begun by this machine's clock
    .do = The clock is behind: set it, and let it be kept (timedatectl set-ntp true).
doctor-tls-none = What answers for { $host } does not speak TLS as it should
    .do = Look for a proxy or a filter on the way, and at the port in weixin.base_url.
doctor-reach-answers = Weixin answers at { $host } in { $millis } ms
doctor-reach-by-proxy = Weixin answers at { $host } by way of the proxy in { $millis } ms
doctor-reach-slow = Weixin answers at { $host }, but needs { $millis } ms
    .do = The line is slow: look at what else uses it.
doctor-reach-portal-at = A sign-in page answers in the place of { $host }: it sends to { $portal } (status { $status })
    .do = This network has a captive portal. Sign in on it once with a browser, or have this desk let through.
doctor-reach-portal = A web page answers in the place of { $host } (status { $status })
    .do = A captive portal or a filter stands on the way: sign in on it, or have { $host } let through. Else weixin.base_url is wrong.
doctor-reach-gateway = A machine on the way to { $host } refuses or is broken (status { $status })
    .do = Have the firewall or gateway let { $host } through. If a server of your own stands before Weixin, look at it.
doctor-reach-proxy-name = The proxy wants a name and a password
    .do = Have this desk's address let through without them: the kiosk keeps no password in its configuration.
doctor-reach-proxy-refuses = The proxy does not let { $host } through
    .do = Have { $host } allowed on the proxy, port 443.
doctor-reach-proxy-gone = The proxy in weixin.proxy does not answer
    .do = Look at its address and port. If no proxy is needed, take weixin.proxy out.
doctor-reach-proxy-unused = { $host } cannot be reached directly, and { $variable } names a proxy that the kiosk does not use
    .do = Write that address as proxy under [weixin]: the kiosk takes a proxy from there only.
doctor-reach-no-name = { $host } cannot be reached: its name is not known
    .do = Look at the network cable and at the name server (/etc/resolv.conf).
doctor-reach-nobody = Nobody answers at { $host }: the connection is refused
    .do = Look at the network cable, the firewall, and weixin.base_url. If this network wants a proxy, write weixin.proxy.
doctor-reach-silence = { $host } does not answer in time
    .do = A firewall that swallows packets, most likely: have port 443 to { $host } opened, or write weixin.proxy.
doctor-reach-broken = The connection to { $host } breaks off before an answer
    .do = A filter on the way, most likely: have { $host } let through.
doctor-reach-settings = No connection can be made with [weixin] as it is written
    .do = Run: coupon-kiosk check
doctor-clock-right = The clock agrees with Weixin's to { $secs } s
doctor-clock-ahead-a-little = The clock is { $secs } s ahead of Weixin's
    .do = Let it be kept: timedatectl set-ntp true
doctor-clock-behind-a-little = The clock is { $secs } s behind Weixin's
    .do = Let it be kept: timedatectl set-ntp true
doctor-clock-ahead = The clock is { $secs } s ahead of Weixin's: records carry wrong times, and certificates may fail
    .do = Set it, and let it be kept: timedatectl set-ntp true
doctor-clock-behind = The clock is { $secs } s behind Weixin's: records carry wrong times, and certificates may fail
    .do = Set it, and let it be kept: timedatectl set-ntp true
doctor-clock-untold = Weixin's time is not known, so the clock could not be compared
    .do = Compare it with a watch: timedatectl
doctor-token-good = The access token ({ $source }) holds for { $minutes } min
doctor-token-short = The access token ({ $source }) holds for { $minutes } min only
    .do = Weixin gives more. Look at the server that hands it out.
doctor-token-static = The access token is read from a file ({ $source }): how long it holds is not known here
    .do = See that whoever renews the file does so before the two hours are over.
doctor-token-not-asked = The access token ({ $source }) was not asked for, since Weixin was not reached
    .do = Mend the way to Weixin first.
doctor-token-address = This desk's address { $address } is not on the account's IP list
    .do = Add { $address } to the IP list on the platform (Settings and development, Basic configuration).
doctor-token-address-unknown = This desk's address is not on the account's IP list (errcode { $errcode })
    .do = Add the address by which this store reaches the internet to the IP list on the platform.
doctor-token-refused = Weixin refuses the access token (errcode { $errcode })
    .do = It is old, or of another account: renew it at its source.
doctor-token-credentials = Weixin does not take the account or its secret (errcode { $errcode })
    .do = Compare weixin.token.appid, and put the present AppSecret into the secret's file.
doctor-token-quota = No calls are left for tokens (errcode { $errcode })
    .do = Wait. Several desks should share one source of tokens.
doctor-token-permission = The account may not do this (errcode { $errcode })
    .do = Look at the account's state and permissions on the platform.
doctor-token-other = The token's source refuses (errcode { $errcode })
    .do = Look the errcode up on the platform.
doctor-token-file = The secret's file cannot be used
    .do = Run: coupon-kiosk check
doctor-token-no-answer = The token's source does not answer
    .do = Look at the server in weixin.token.url, or try again.
doctor-quota-good = { $left } of today's { $limit } redemptions are left
doctor-quota-low = Only { $left } of today's { $limit } redemptions are left
    .do = Look at what else uses the account, or ask Weixin for more.
doctor-quota-spent = None of today's { $limit } redemptions is left
    .do = They are given anew at midnight in Beijing. On the platform the counter can be cleared.
doctor-quota-untold = How many calls are left is not told
    .do = Nothing is wrong with that where a server of your own stands before Weixin. Else look at the account's permissions.
doctor-scanner-reads = The scanner reads its own picture in { $millis } ms
doctor-scanner-no-qr = The scanner looks for no QR codes, so its own picture says nothing
    .do = Most coupons are QR codes: take scan.symbologies out, or add "qr".
doctor-scanner-blind = The scanner does not read its own picture
    .do = This program is damaged: install it again.
doctor-camera-good = { $name }: { $width }x{ $height }, { $rate } frames a second
doctor-camera-slow = { $name }: { $width }x{ $height }, only { $rate } frames a second
    .do = More light helps, and a USB port of its own.
doctor-camera-none = There is no camera
    .do = Plug one in. Codes can be typed, or read by a USB scanner.
doctor-camera-other = There is no camera by the name of { $name }
    .do = Run: coupon-kiosk cameras, and write one of these as camera.device.
doctor-camera-busy = { $name }: another program uses it, so it was not looked through
    .do = Nothing is wrong if that is the running kiosk. Else close that program.
doctor-camera-refused = { $name }: this user may not open { $path }
    .do = Add the user to the group video: usermod -aG video coupon-kiosk, and start the session anew.
doctor-camera-unusable = { $name }: it offers no pictures that can be used
    .do = Use another camera.
doctor-camera-silent = { $name }: it sends no picture
    .do = Pull its plug and put it in again. If that does not help, use another camera.
doctor-light-good = The picture's brightness is { $percent } %
doctor-light-dark = The picture is dark ({ $percent } %)
    .do = Make light, or take the lid off the lens.
doctor-light-bright = The picture is too bright ({ $percent } %)
    .do = Turn the camera away from lamps and windows.
doctor-sharpness-good = The code in view is sharp: its edges are { $pixels } pixels wide
doctor-sharpness-blurred = The code in view is blurred: its edges are { $pixels } pixels wide
    .do = Clean the lens, set its focus, or hold the card where customers hold their phones.
doctor-sharpness-no-card = No code was in view, so the sharpness was not measured
    .do = Print the card (coupon-kiosk doctor --card card.svg), hold it before the camera, and run this again.
doctor-latency-none = No kiosk has measured yet how long pictures take here
doctor-latency-picture-good = From the lens to the drawn picture: half within { $p50 } ms, 99 of 100 within { $p99 } ms ({ $count } pictures until { $at }): { $from } ms { $bars } { $to } ms
doctor-latency-picture-slow = From the lens to the drawn picture: half take more than { $p50 } ms, 1 of 100 more than { $p99 } ms ({ $count } pictures until { $at }): { $from } ms { $bars } { $to } ms
    .do = The machine is busy or slow: end other programs, or write a smaller camera.width and camera.height.
doctor-latency-text-good = From the lens to the agreed text: half within { $p50 } ms, 99 of 100 within { $p99 } ms ({ $count } texts until { $at }): { $from } ms { $bars } { $to } ms
doctor-latency-text-slow = From the lens to the agreed text: half take more than { $p50 } ms, 1 of 100 more than { $p99 } ms ({ $count } texts until { $at }): { $from } ms { $bars } { $to } ms
    .do = The machine is busy or slow: end other programs, or write a smaller camera.width and camera.height.
doctor-display-good = { $width }x{ $height } at scale { $scale }, { $millis } ms of processor a picture
doctor-display-small = { $width }x{ $height } at scale { $scale }: smaller than the window needs
    .do = Use a display of 640 points in a row or more.
doctor-display-slow = { $width }x{ $height } at scale { $scale }: a picture takes { $millis } ms of processor
    .do = The graphics chip is not used, or there is none: a lower resolution helps.
doctor-display-none = No display was looked at: none is told here
    .do = Run this in the session of the kiosk, without --no-window.
doctor-display-lacking = No window can be opened: these packages are missing: { $packages }
    .do = apt-get install { $packages }
doctor-display-failed = There is a display, but no window can be opened on it
    .do = Look at the graphics driver; whoever runs this must be the session's user.
doctor-sound-plays = { $player } plays the tones, at { $percent } %
doctor-sound-off = The tones are turned off
doctor-sound-no-player = Nothing here plays the tones
    .do = apt-get install alsa-utils
doctor-sound-no-card = There is no sound card
    .do = Plug a speaker or a USB sound card in, or write ui.sound = false.
doctor-sound-unplayed = The tones cannot be played
    .do = The user has to be in the group audio; another program may hold the sound card.
doctor-touch-there = Touch screen: { $names }
doctor-touch-none = No touch screen was found
    .do = Plug its USB cable in. With a mouse or a keyboard the kiosk can be used too.

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
story-hand-off = Cracked: chooses on it
story-payment-code = Code for paying
story-member-card = Member card
story-token-renewed = Token out of date
story-no-network = No network
story-answer-lost = Answer lost, then found
story-lost-for-good = Answer lost for good
story-two-phones = Two phones at once

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
told-override = { $goods }, a manager's decision: { $ground }
told-closed = Not known. A manager had decided about the goods
told-witness-api = Weixin reported it as redeemed through the interface
told-witness-elsewhere = Weixin reported it as redeemed by another way
told-witness-other = Weixin reported it as redeemed
told-sealed = Older records were sealed into an archive
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
aim-turn = Turned: { $degrees }°
aim-mirror-on = Mirror: on
aim-mirror-off = Mirror: off
aim-zoom = Zoom: { $times }×
aim-region-whole = Seen: everything
aim-region-middle = Seen: the middle
aim-region-left = Seen: the left half
aim-region-right = Seen: the right half
aim-region-top = Seen: the upper half
aim-region-bottom = Seen: the lower half
aim-region-other = Seen: as configured
service-no-camera = No camera can be chosen here.
service-lock = Lock when idle
service-lock-hint = After so long without a touch the desk asks who it is; never in the middle of a redemption.
service-staff = Staff
service-doctor = What is wrong?
checkup-looking = Looking at everything …
checkup-photograph = Photograph this for the merchant's IT
checkup-cross = Touch the middle of the cross
checkup-cross-near = { $mm } mm beside your finger
checkup-cross-far = { $mm } mm beside your finger: calibrate the touch screen
checkup-more = More
checkup-again = Look again
service-export = Today's list as a file
service-exported = Written to { $path }
service-not-exported = The file could not be written. Call the merchant's IT.
service-leave = Close the kiosk
service-sound = Sound
service-sound-hint = One short tone for each outcome. A touch plays it.
service-training = Training
service-now = { $what }: { $value }
sound-off = Off
sound-percent = { $percent } %
training-watermark = TRAINING: nothing is redeemed, nothing is written down
training-end = End the training
typing-script = Other scripts: plug in a keyboard and use its input method.
lock-never = Never
lock-seconds = { $seconds } s
lock-minutes = { $minutes } min
first-language = Language
    .do = 选择语言 / Choose the language
first-how = Who sets this kiosk up?
    .do = Head office shows a code for each new kiosk. Without one, everything is asked for here.
first-how-code = By a code of head office's
first-how-hand = By hand, here
first-scan = Head office's code
    .do = Hold it before the camera, on paper or on a phone; or read it with a USB scanner.
first-claiming = Asking head office …
first-foreign = This is no code of head office's for a new kiosk. Ask for one there.
first-unreachable = Head office does not answer. Look at the network, then hold the code up again.
first-spent = This code is worth nothing any more. Ask head office for a new one.
first-unsigned = What came is not what head office has signed. Do not go on: call the merchant's IT.
first-provided = { $from } makes this kiosk the desk "{ $desk }", with version { $version } of its configuration.
first-unfit = Head office's configuration cannot be used at this desk. Call the merchant's IT; "What is wrong?" tells more.
first-store = Store's name
    .do = It stands at the top of the screen. It may stay empty.
first-camera = Camera
    .do = The one before which customers hold their phones. It can be changed later.
first-camera-any = Whichever is there
first-camera-again = Look again
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
first-trouble = { $happened } Check what was typed, and the network. "What is wrong?" tells more.
first-begin = Begin

## The page on the customer's own phone
doctor-online-none = The configuration has neither [online] nor [hand_off]
    .do = Write [online] with public_url for the server, or [hand_off] with url and key_file for a desk.
doctor-signatures-good = All { $count } published examples of signatures come out right
doctor-signatures-bad = These published examples of signatures come out wrong: { $which }
    .do = This program is damaged: install it anew.
doctor-tickets-not-asked = The tickets were not asked for, since Weixin was not reached
    .do = See to the way to Weixin first.
doctor-ticket-good = Weixin gives the { $kind } ticket
doctor-ticket-refused = Weixin refuses the { $kind } ticket (errcode { $errcode })
    .do = See that the account may use the JS interface and cards, and that this server's address is on its IP list.
doctor-ticket-no-answer = There is no { $kind } ticket: Weixin does not answer, or there is no token
    .do = See to the token and the way to Weixin first.
doctor-page-good = { $url } shows this program's page
doctor-page-client = The page cannot be asked for: the authorities cannot be used
    .do = See that weixin.ca_file holds certificates in PEM form, or that the system has ca-certificates.
doctor-page-silent = { $url } does not answer in time
    .do = See that the proxy before "serve" passes requests on, and that no firewall drops them.
doctor-page-unreachable = { $url } cannot be reached
    .do = See that "serve" runs, that the host's name leads to it, and that its certificate is valid.
doctor-page-elsewhere = { $url } sends customers to { $to }
    .do = Let public_url be the address that answers by itself: the signature is over the address in the browser.
doctor-page-stale = { $url } shows this program's page with another jweixin_url
    .do = Start "serve" again: it runs with an older configuration.
doctor-page-other = { $url } shows a page that is not this program's (status { $status })
    .do = See where the proxy passes requests to, and that public_url is right.
doctor-sign-good = The page's cardSign and wx.config signature are right for the tickets of this moment
doctor-sign-none = The page does not sign
    .do = See the log of "serve": it gets no tickets, or public_url is not the address that it is served under.
doctor-sign-appid = The page signs for another appid than { $appid }
    .do = Start "serve" again: it runs with an older configuration.
doctor-sign-other = The page signs with other tickets or filters than those of this moment
    .do = Where customers see an empty list: see that no other program fetches tickets for this appid, and start "serve" again, which fetches new ones and reads the filters.
doctor-desks-none = No desk takes choices (online.desks_file is not written)
doctor-desks-good = The server knows { $count ->
        [one] the desk
       *[other] all { $count } desks
    } of the list
doctor-desks-listed = The list has { $count ->
        [one] one desk
       *[other] { $count } desks
    }, but the server could not be asked about it
    .do = See to the page first.
doctor-desks-line = Line { $line } of { $file } is not of the form "desk: key"
    .do = Write a desk's name, a colon, and a key of at least 16 characters.
doctor-desks-repeated = Line { $line } of { $file } repeats the name or the key of another desk
    .do = Give each desk a name and a key of its own.
doctor-desks-unreadable = The list of desks { $file } cannot be read
    .do = See that this user may read it.
doctor-desks-stale = The running server does not know the desk "{ $desk }"
    .do = Start "serve" again: it has read an older list.
doctor-line-good = { $url } knows this desk's key
doctor-line-key = This desk's key { $file } cannot be read
    .do = Write the key that stands behind this desk's name in the server's list into this file.
doctor-line-unknown = { $url } does not know this desk's key
    .do = Compare hand_off.key_file with the line of this desk in the server's list; "serve" reads it when it starts.
doctor-line-unreachable = { $url } cannot be reached from this desk
    .do = See that "serve" runs, and that this desk may connect to it (its proxy is weixin.proxy).
page-title = Use a coupon
page-start = One moment …
page-script-off = This page needs scripts. Open it in Weixin.
page-choose = Choose a coupon
page-choose-head = Your coupons
page-choose-words = Choose the coupon that you want to use. Nothing is used up before you confirm it.
page-choose-desk = Choose the coupon that you want to use at the desk "{ $desk }". The clerk sees it, and nothing is used up before it is confirmed there.
page-choosing = Weixin is showing your coupons …
page-confirm = Use it now
page-confirming = Being used …
page-cancel = Choose another coupon
page-again = Go on
page-retry = Try again
page-looking = Looking at your coupon …
    .do = This takes a moment.
page-redeeming = Your coupon is being used …
    .do = Please wait, and leave this page open.
page-review = Use this coupon now?
    .do = Do this at the counter only: it cannot be undone, and the coupon is used up then.
page-review-changed = Something about this coupon has changed
    .do = Look at it once more before you use it. It cannot be undone.
page-show = This coupon can be used
    .do = Show it to the staff: they use it up at the counter.
page-elsewhere = This coupon is being used on another page
    .do = Look there how it ended. Do not use it twice.
page-redeemed = Used
    .do = Show this page to the staff.
page-already-redeemed = Used before
    .do = This coupon has been used up, here or elsewhere. Choose another one.
page-refused = It cannot be used
    .do = Choose another coupon, or ask the staff.
page-not-redeemed = Not used
    .do = Weixin's answer was lost, but your coupon is still unused. You can choose it again.
page-in-doubt = Not known yet
    .do = It was sent, but Weixin's answer did not come. Leave this page open: it goes on asking by itself. Do not use the coupon anywhere else until then, and ask the staff if you are in a hurry.
page-unreachable = Weixin cannot be reached
    .do = Nothing was used up. Try again in a moment, or ask the staff.
page-set-up = This does not work at the moment
    .do = Nothing was used up. Please ask the staff.
page-handing = Your coupon goes to the desk …
    .do = Leave this page open for a moment.
page-handed = The desk has your coupon
    .do = Look at the desk's screen: the clerk uses it there. You can close this page.
page-dropped = The desk has not taken it
    .do = Nothing was used up. Scan the code on the desk's screen again, or ask the staff.
page-unsure = It is not known whether the desk has your coupon
    .do = The desk cannot be reached at the moment. Look at its screen, or ask the clerk, before you choose again.
page-desk-away = The desk cannot be reached
    .do = Nothing was used up. Show your coupon's code to the desk's camera, or ask the staff.
page-desk-busy = The desk is serving somebody else
    .do = Wait a moment, then choose your coupon again.
page-pass = This code is over
    .do = The code on the desk's screen is good for two minutes and for one phone. Scan it again.
page-outside = Open this page in Weixin
    .do = Coupons can be chosen in Weixin's own browser only. Scan the desk's code with Weixin, or open the coupon there.
page-too-old = This Weixin is too old
    .do = Bring Weixin up to date, or show your coupon's code to the staff.
page-cancelled = Nothing was chosen
    .do = If there was no coupon in the list: the coupons that you have cannot be used here. Otherwise choose again.
page-empty = There is no coupon to choose
    .do = The coupons that you have cannot be used here. Ask the staff.
page-one-only = Please choose one coupon at a time.
page-no-script = Weixin's part of this page did not load
    .do = Check your network, then try again.
page-not-signed = Weixin does not let this page ask for your coupons
    .do = Nothing was used up. Show your coupon's code to the staff.
page-offline = There is no connection
    .do = Check your network, then try again: this page then says how your coupon stands.
page-bad-link = This link is damaged or belongs to another merchant. Open the coupon itself in Weixin.
page-developer = For the merchant's developer
page-cause-signature = The list is empty though the customer has coupons? First cause: cardSign is wrong. It needs the wx_card ticket, not the jsapi one; run "coupon-kiosk check", and see that no other program fetches tickets for the same appid.
page-cause-time = Second cause: the timestamp is wrong. Compare the server's clock with the true time.
page-cause-filter = Third cause: the filters. online.shop_id, online.card_type and online.card_id narrow the list; leave them away to see all.
handset = A customer's own phone (a stand-in)
handset-away = Put the phone away
handset-list = Weixin: your coupons
invitation-scan = Scan it with a cracked phone
invitation = Or use your phone: scan this code with Weixin
