# 人读到的每一句话，中文。各语言的键与变量相同，由测试比较。
# 消息说发生了什么；`.do` 说接下来做什么。

## 取景与进行中
idle = 请将卡券的码对准摄像头
idle-no-camera = 请手工输入券码，或使用扫码枪
work-decrypting = 正在打开链接……
work-querying = 正在向微信查询此码……
work-asking-again = 查询结果已超过一分钟，正在重新查询……
work-journaling = 正在记录……
work-consuming = 正在核销，请稍候……
notice-redeemed-here = 本台已于 { $time } 核销这张券
notice-wait = 请稍候：上一张券还在核销

## 核对
review = 可以核销
review-changed = 券的状态有变化，请重新核对
review-confirm = 确认核销
review-cancel = 取消
label-code = 券码
label-card = 卡券
label-validity = 有效期
label-status = 状态
label-holder = 顾客
label-details = 详情
card-unnamed = 卡券 { $card_id }
card-unknown = 卡券

## 优惠
benefit-cash = 减 { $amount } 元
benefit-cash-from = 满 { $least } 元减 { $amount } 元
benefit-discount = 打 { $fold } 折

## 日期，按北京日历日
validity-always = 长期有效
validity-until = { $left ->
        [0] 今天 23:59 截止
        [one] 明天截止（{ $end }）
       *[other] 至 { $end }（还剩 { $left } 天）
    }
validity-until-far = 至 { $end }
validity-over = 至 { $end }，已过期
validity-from = { $begin } 至 { $end }（{ $days } 天后生效）
validity-from-open = 自 { $begin } 起（{ $days } 天后生效）

day-near = { $day }（{ $weekday }）
weekday-monday = 星期一
weekday-tuesday = 星期二
weekday-wednesday = 星期三
weekday-thursday = 星期四
weekday-friday = 星期五
weekday-saturday = 星期六
weekday-sunday = 星期日

## 微信的状态
status-normal = 未使用
status-consumed = 已核销
status-expire = 已过期
status-gifting = 转赠中
status-gift-timeout = 转赠超时，已退回
status-gift-succ = 已转赠
status-delete = 顾客已删除
status-unavailable = 商户已设为失效
status-other = 未知状态“{ $status }”
status-untold = 未告知

## 结果：远处可读的一个词
outcome-queried = 可以核销
outcome-redeemed = 核销成功
outcome-already-redeemed = 已被核销
outcome-refused = 不能核销
outcome-not-redeemed = 没有核销
outcome-in-doubt = 结果未知
outcome-unreachable = 连不上微信
outcome-set-up = 设备需要处理

## 原因与做法
why-confirmed = 微信已确认。
    .do = 请按券交付。
why-found-redeemed = 微信的答复丢失，但此券现已显示为核销，多半是本机所为。
    .do = 请按券交付；顾客有疑问时请记下。
why-found-unused = 微信的答复丢失，此券仍未使用。
    .do = 没有核销。请重新扫码。
why-consumed = 此券之前已在本店或别处使用。
    .do = 请勿交付。顾客可在微信中查看此券。
why-redeemed-here = 本台{ $ago }已核销过这张券。
    .do = 只能核销一次，请勿再次交付。
ago-now = 刚刚
ago-seconds = { $count } 秒前
ago-minutes = { $count } 分钟前
ago-hours = { $count } 小时前
ago-days = { $count } 天前
why-expire = 已过最后一天。
    .do = 请顾客换一张券。
why-gifting = 顾客正在转赠此券，对方尚未领取。
    .do = 顾客可在微信中收回，或由新主人来用。
why-gift-timeout = 此券转赠后无人领取，已退回原主。
    .do = 请顾客在微信中重新打开此券，再扫一次。
why-gift-succ = 此券已转赠，现属于别人。
    .do = 只有新主人可以使用。
why-delete = 顾客已删除此券。
    .do = 请顾客换一张券。
why-unavailable = 商户已将此券设为失效。
    .do = 请问店长，或请顾客换一张券。
why-status-other = 微信报告了本机不认识的状态。
    .do = 请勿交付，请问店长。
why-not-yet-valid = 此券尚未生效。
    .do = 请顾客在生效之日再来。
why-expired = 已过最后一天。
    .do = 请顾客换一张券。
why-cannot-consume = 微信不允许核销此券，没有说明原因。
    .do = 请顾客在微信中打开此券的页面，限制写在那里。
why-already-redeemed = 此券之前已在本店或别处使用。
    .do = 请勿交付。顾客可在微信中查看此券。
why-unknown-code = 微信在本商户下查不到此码。
    .do = 可能尚未领取、已转赠、属于别的商户、是微信支付商家券，或是需要先配置卡号的自定义码。请看一下券的页面。
why-not-usable = 此券已删除、过期、转赠中或失效。
    .do = 请顾客在微信中打开此券的页面，原因写在那里。
why-wrong-time = 此券现在不在可用时间内。
    .do = 请在顾客手机上看它的日期和时段。
why-wrong-kind = 这种卡不在柜台核销。
    .do = 会员卡只出示、不核销。请问店长。
why-use-limit = 顾客使用此券已达次数上限。
    .do = 请顾客换一张券。
why-not-marked = 这是朋友的券，顾客还没有选定使用。
    .do = 请顾客打开并选择使用，再扫一次。
why-bad-encrypt-code = 此链接已损坏，或属于别的商户。
    .do = 请顾客打开卡券本身，出示券码。
why-card-id = 此券的卡号没有配置好。
    .do = 请联系商户技术人员：配置中的 cards.custom_code。
why-token = 微信不再接受本机的访问凭证。
    .do = 没有核销。请再试一次；仍然如此请联系商户技术人员：访问凭证。
why-credentials = 微信不接受本机的账号。
    .do = 没有核销。请联系商户技术人员：AppID 或 AppSecret 有误或被冻结。
why-ip-list = 微信不允许本机的网络地址。
    .do = 没有核销。请联系商户技术人员：把地址加入账号的 IP 白名单。
why-permission = 商户的微信账号没有此权限。
    .do = 没有核销。请联系商户技术人员：账号权限。
why-daily-quota = 今天的微信调用次数已用完。
    .do = 没有核销。请联系商户技术人员；明天恢复。
why-minute-quota = 这一分钟的微信调用太多。
    .do = 没有核销。请等一分钟再扫。
why-request = 微信看不懂此码。
    .do = 请再扫一次；仍然如此请问店长。
why-account = 商户的微信账号在等管理员确认。
    .do = 没有核销。请联系商户技术人员。
why-unlisted = 微信拒绝了，原因本机不认识。
    .do = 请勿交付，请问店长。
why-connect = 连不上微信。
    .do = 没有核销。请检查网络，再扫一次。
why-tls = 到微信的连接不可信。
    .do = 没有核销。请联系商户技术人员：证书、时钟或网络。
why-no-token = 本机的访问凭证没能更新。
    .do = 没有核销。请检查网络，再扫一次。
why-token-set-up = 本机的访问凭证没有配置好。
    .do = 没有核销。请联系商户技术人员：凭证的文件或地址。
why-quota = 微信调用次数暂时用完。
    .do = 没有核销。请稍候再扫。
why-unknown-looking = 微信没有给出可用的答复。
    .do = 没有核销。请稍候再扫一次。
why-unknown-consuming = 已经发出，但微信的答复没有到。
    .do = 请让顾客保持券页打开，先不要交付：本机会继续查询。可以先接待下一位顾客。
why-payment-code = 这是付款码，不是卡券。
    .do = 请顾客在微信中打开：我，卡包。付款码没有被保存。
why-empty = 这个码里没有文字。
    .do = 请顾客在微信中打开卡券。
why-receive-link = 这是领券的码，不是用券的码。
    .do = 请顾客先领券，再出示券码。
why-card-number = 这是一种券的编号，不是顾客的券。
    .do = 请顾客打开卡券，出示券码。
why-link = 这是网址，不是卡券。
    .do = 请顾客在微信中打开卡券。
why-other-scheme = 这个码另有用途，不是卡券。
    .do = 请顾客在微信中打开卡券。
why-text = 这段文字不可能是券码。
    .do = 请顾客在微信中打开卡券，或手工输入券码。
why-not-honoured = 本店不收此券。
    .do = 请顾客换一张券，或问店长。
why-journal-full = 本机磁盘已满，无法记录。
    .do = 没有核销。仍可查询。请联系商户技术人员。
why-journal-read-only = 本机的流水不能写入。
    .do = 没有核销。仍可查询。请联系商户技术人员：流水的文件或文件夹为只读。
why-journal-damaged = 本机的流水已损坏。
    .do = 没有核销。仍可查询。请联系商户技术人员：运行 "journal verify"。
why-journal-newer = 本机的流水由更新的版本写成。
    .do = 没有核销。仍可查询。请联系商户技术人员：安装更新的版本。
why-journal-failing = 本机磁盘写不进流水。
    .do = 没有核销。仍可查询。请联系商户技术人员。

## 给顾客的一句话，用顾客自己的语言
customer-redeemed = 您的券已核销，谢谢！
customer-already-redeemed = 这张券已经用过了。
customer-over = 这张券已过期。
customer-early = 这张券还没到使用日期。
customer-gift = 这张券正在转赠给他人。
customer-refused = 这张券不能在这里使用。
customer-show-coupon = 请在微信中打开卡券，出示券码。
customer-wait = 请稍等，正在核对您的券。
customer-trouble = 暂时无法核对您的券，券没有被使用。
customer-language = 换一种语言告诉顾客

## 给技术人员
details-open = 详情
details-title = 给商户技术人员
details-scan = 拍下此码，内容都在里面
details-outcome = 结果
details-time = 时间
details-refusal = 微信代码
details-support = 追踪号
details-id = 核销编号
details-none = 无

## 提示栏
doubt-line = 结果未知：{ $code }，自 { $time } 起，已查询 { $asked } 次{ $asking ->
        [yes] ，正在查询
       *[no] {""}
    }
doubt-asking = 正在再次查询微信…
doubt-next = 已查询 { $asked } 次，{ $seconds } 秒后再查
details-errcode = 微信代码 { $errcode }
details-trace = 追踪号 { $trace }
details-attempt = 核销编号 { $attempt }
proof-reply = 凭微信的答复
proof-query = 凭事后查询
proof-override = 店长决定

## 终端里的演示
demo-watermark = 演示：录制的答复，不会真的核销
demo-shows = 出示手机：{ $picture }
demo-reads = 摄像头读到：{ $text }
demo-reads-payment = 摄像头读到的码不在此显示
demo-touches = 店员点按：{ $button }

## 命令行的图片
no-code = 这张图片里没有码。
reconcile-left = 仍然未知：{ $count }。
reconcile-done = 没有结果未知的核销。
journal-held = 另一个 coupon-kiosk 正在使用日志 { $path }，同一时间只能有一个核销。请先关闭那一个，或改用别的日志。

## 窗口
review-wait = 请稍候 …
review-asked = 微信于 { $time } 答复
label-benefit = 优惠
back = 点按任意处继续
back-in = { $seconds } 秒后返回
back-in-minutes = { $minutes } 分钟后返回
keypad-open = 手工输入券码
keypad-title = 输入券码
keypad-hint = 券码印在手机上二维码的下方
keypad-look-up = 查询
keypad-clear = 清空
keypad-back = 删除最后一位
keypad-letters = ABC
keypad-digits = 123
keypad-close = 返回
keypad-length = { $count ->
       *[other] { $count } 位
    }
language-other = English
ask-now = 立即查询
doubts-title = 结果未知
doubts-rule = 请尽量让顾客稍等。本机会继续向微信查询，不影响接待其他顾客。
doubts-line = { $code }，{ $time } 确认
doubts-more = 另有 { $count } 笔未显示
doubts-close = 关闭
attention-doubts = { $count ->
       *[other] { $count } 笔核销结果未知
    }
attention-show = 查看
view-held = 此码已读过。请把手机移开片刻再出示。
view-several = 画面中有多个码。请一次只出示一个。

## 摄像头
camera-none = 没有摄像头
    .do = 请接上摄像头。在此之前可手工输入券码或使用扫码枪。
camera-opening = 正在打开摄像头 …
    .do = 请稍等片刻。
camera-live = 摄像头工作正常
    .do = 请把券码对准摄像头。
camera-stalled = 摄像头没有画面
    .do = 正在重新启动。在此之前可手工输入券码或使用扫码枪。
camera-lost = 摄像头已被拔出
    .do = 请重新插上。在此之前可手工输入券码或使用扫码枪。
camera-busy = 摄像头正被其他程序占用
    .do = 请关闭那个程序。在此之前可手工输入券码或使用扫码枪。
camera-refused = 本机无权打开摄像头
    .do = 请联系商户技术人员。在此之前可手工输入券码或使用扫码枪。
camera-unusable = 无法使用此摄像头的画面
    .do = 请换一个摄像头。在此之前可手工输入券码或使用扫码枪。

## 与微信的连接
connection-untried = 微信：尚未查询
connection-answering = 微信连接正常
connection-trouble = { $time } 起：{ $why }

## 诊断，供商户技术人员使用
doctor-good = 正常
doctor-watch = 注意
doctor-bad = 故障
doctor-verdict = { $bad ->
        [0] 没有故障
       *[other] { $bad } 项故障
    }，{ $watch ->
        [0] 没有需要注意的事项。
       *[other] { $watch } 项需要注意。
    }
doctor-photograph = 上面的码是诊断摘要：请拍照发给商户技术人员。其中不含任何密钥。
doctor-versions = coupon-kiosk { $program }，日志格式 { $schema }，{ $system }，Linux { $kernel }
doctor-configuration-good = { $file } 有效
doctor-configuration-watch = { $file } 有效，{ $warnings ->
       *[other] { $warnings } 处需要看一下
    }
    .do = 请运行：coupon-kiosk check
doctor-configuration-bad = 配置无效（{ $file }）：{ $mistakes ->
       *[other] { $mistakes } 处错误
    }
    .do = 请运行：coupon-kiosk check。需要配置的项目未检查。
doctor-permissions-good = 密钥和日志只有其所有者可以访问
doctor-permissions-secret = 其他用户可以读取 { $file } 中的密钥（权限 { $mode }）
    .do = chmod 600 { $file }，并考虑更换密钥。
doctor-permissions-journal = 其他用户可以访问日志 { $file }（权限 { $mode }）
    .do = chmod 600 { $file }
doctor-permissions-root = 当前以 root 运行：未检查本机自己的用户能做什么
    .do = 请以本机用户运行：sudo -u coupon-kiosk coupon-kiosk doctor
doctor-disk-good = 磁盘写入落盘需 { $millis } 毫秒
doctor-disk-slow = 磁盘写入落盘需 { $millis } 毫秒：每次核销店员要等三倍的时间
    .do = 请检查磁盘是否老化、已满，或是网络磁盘。
doctor-disk-full = 无法在 { $folder } 写入文件：磁盘已满
    .do = 请腾出空间。在此之前无法核销。
doctor-disk-refused = 无法在 { $folder } 写入文件
    .do = 请把该文件夹交给本机用户。在此之前无法核销。
doctor-room-good = { $folder } 剩余 { $mib } MiB
doctor-room-little = { $folder } 仅剩 { $mib } MiB
    .do = 请在写满之前腾出空间：写满后无法核销。
doctor-room-none = { $folder } 仅剩 { $mib } MiB
    .do = 请立即腾出空间：否则无法核销。
doctor-journal-whole = 日志完整：{ $records ->
       *[other] { $records } 条记录
    }
doctor-journal-none = { $file } 还没有日志
    .do = 首次启动时会创建。如果这里以前核销过，说明路径不对。
doctor-journal-broken = 日志已损坏：有记录被更改、删除或截断
    .do = 不能用它核销。请运行：coupon-kiosk journal verify。请保留全部文件。
doctor-journal-newer = 日志由更新版本的程序写入
    .do = 请重新安装那个版本。
doctor-journal-refused = 当前用户无法读取日志
    .do = 请把该文件夹交给本机用户，或以本机用户运行。
doctor-doubt-none = 没有结果未知的核销
doctor-doubt-some = { $count ->
       *[other] { $count } 笔核销结果未知，
    }最早的一笔已 { $minutes } 分钟
    .do = 运行中的本机会继续查询。若没有运行：coupon-kiosk journal reconcile
doctor-doubt-unreadable = 无法读取结果未知的核销
    .do = 请运行：coupon-kiosk journal verify
doctor-dns-address = { $host } 是地址：无需解析域名
doctor-dns-found = { $host } 可以解析（{ $count } 个地址，{ $millis } 毫秒）
doctor-dns-unknown = 无法解析域名 { $host }
    .do = 请检查网线和域名服务器（/etc/resolv.conf）。
doctor-tls-trusted = { $host } 的证书可信
doctor-tls-loopback = { $host } 就是本机，不使用 TLS
doctor-tls-no-authority = 本机不信任任何证书机构
    .do = apt-get install ca-certificates
doctor-tls-ca-file = { $file } 中没有完整的证书
    .do = 请放入 PEM 格式的机构证书，或去掉 weixin.ca_file。
doctor-tls-inspected = 途中有设备解开了 TLS：{ $host } 出示的是“{ $issuer }”签发的证书，本机不信任
    .do = 这是公司自有的证书机构。请向网络管理员索取其证书，并在 weixin.ca_file 中写明文件。
doctor-tls-stranger = 代 { $host } 应答的证书由“{ $issuer }”签发，本机不信任
    .do = 若是公司自有机构，请在 weixin.ca_file 中写明其证书。若无人认识，请勿使用此网络。
doctor-tls-wrong-name = 代 { $host } 应答的证书属于别的域名（由“{ $issuer }”签发）
    .do = 有别的服务器冒充微信应答：请检查上网认证页、weixin.base_url 或域名服务器。
doctor-tls-expired = 按本机时钟，{ $host } 的证书已过期
    .do = 请先检查时钟。若时钟无误，请告知 { $host } 的管理员。
doctor-tls-not-yet = 按本机时钟，{ $host } 的证书尚未生效
    .do = 时钟慢了：请校准并保持同步（timedatectl set-ntp true）。
doctor-tls-none = 代 { $host } 应答的一方没有正确使用 TLS
    .do = 请检查途中的代理或过滤设备，以及 weixin.base_url 的端口。
doctor-reach-answers = 微信在 { $host } 应答，{ $millis } 毫秒
doctor-reach-by-proxy = 微信经代理在 { $host } 应答，{ $millis } 毫秒
doctor-reach-slow = 微信在 { $host } 应答，但需 { $millis } 毫秒
    .do = 线路较慢：请检查还有什么在占用网络。
doctor-reach-portal-at = 代 { $host } 应答的是登录页：转到 { $portal }（状态 { $status }）
    .do = 此网络需要上网认证。请用浏览器登录一次，或为本机放行。
doctor-reach-portal = 代 { $host } 应答的是网页（状态 { $status }）
    .do = 途中有上网认证或过滤设备：请登录，或放行 { $host }。否则是 weixin.base_url 写错了。
doctor-reach-gateway = 通往 { $host } 途中的设备拒绝或故障（状态 { $status }）
    .do = 请让防火墙或网关放行 { $host }。若微信之前有自有服务器，请检查它。
doctor-reach-proxy-name = 代理要求用户名和密码
    .do = 请让代理对本机地址免认证：本机不在配置中保存密码。
doctor-reach-proxy-refuses = 代理不放行 { $host }
    .do = 请在代理上放行 { $host } 的 443 端口。
doctor-reach-proxy-gone = weixin.proxy 中的代理没有应答
    .do = 请检查其地址和端口。若不需要代理，请去掉 weixin.proxy。
doctor-reach-proxy-unused = 无法直接连接 { $host }，而 { $variable } 指定的代理本机不会使用
    .do = 请把该地址写为 [weixin] 下的 proxy：本机只从那里读取代理。
doctor-reach-no-name = 无法连接 { $host }：域名无法解析
    .do = 请检查网线和域名服务器（/etc/resolv.conf）。
doctor-reach-nobody = { $host } 无人应答：连接被拒绝
    .do = 请检查网线、防火墙和 weixin.base_url。若此网络需要代理，请写明 weixin.proxy。
doctor-reach-silence = { $host } 没有及时应答
    .do = 很可能是防火墙丢弃了数据包：请放行到 { $host } 的 443 端口，或写明 weixin.proxy。
doctor-reach-broken = 与 { $host } 的连接在应答前中断
    .do = 很可能是途中的过滤设备：请放行 { $host }。
doctor-reach-settings = 按 [weixin] 的写法无法建立连接
    .do = 请运行：coupon-kiosk check
doctor-clock-right = 时钟与微信相差 { $secs } 秒
doctor-clock-ahead-a-little = 时钟比微信快 { $secs } 秒
    .do = 请保持同步：timedatectl set-ntp true
doctor-clock-behind-a-little = 时钟比微信慢 { $secs } 秒
    .do = 请保持同步：timedatectl set-ntp true
doctor-clock-ahead = 时钟比微信快 { $secs } 秒：记录的时间不对，证书可能失效
    .do = 请校准并保持同步：timedatectl set-ntp true
doctor-clock-behind = 时钟比微信慢 { $secs } 秒：记录的时间不对，证书可能失效
    .do = 请校准并保持同步：timedatectl set-ntp true
doctor-clock-untold = 不知道微信的时间，无法比对时钟
    .do = 请与手表核对：timedatectl
doctor-token-good = 访问令牌（{ $source }）还有 { $minutes } 分钟有效
doctor-token-short = 访问令牌（{ $source }）仅剩 { $minutes } 分钟有效
    .do = 微信给的更长。请检查发放令牌的服务器。
doctor-token-static = 访问令牌从文件读取（{ $source }）：本机不知道其有效期
    .do = 请确保有人在两小时内更新该文件。
doctor-token-not-asked = 未索取访问令牌（{ $source }），因为未连上微信
    .do = 请先修复与微信的连接。
doctor-token-address = 本机地址 { $address } 不在账号的 IP 白名单中
    .do = 请在平台（设置与开发、基本配置）把 { $address } 加入 IP 白名单。
doctor-token-address-unknown = 本机地址不在账号的 IP 白名单中（errcode { $errcode }）
    .do = 请在平台把本店上网的地址加入 IP 白名单。
doctor-token-refused = 微信不接受该访问令牌（errcode { $errcode }）
    .do = 已过期或属于别的账号：请在来源处更新。
doctor-token-credentials = 微信不接受账号或密钥（errcode { $errcode }）
    .do = 请核对 weixin.token.appid，并把当前的 AppSecret 放入密钥文件。
doctor-token-quota = 索取令牌的次数已用完（errcode { $errcode }）
    .do = 请等待。多台设备应共用一个令牌来源。
doctor-token-permission = 账号没有此权限（errcode { $errcode }）
    .do = 请在平台检查账号状态和权限。
doctor-token-other = 令牌来源拒绝（errcode { $errcode }）
    .do = 请在平台查询该 errcode。
doctor-token-file = 密钥文件无法使用
    .do = 请运行：coupon-kiosk check
doctor-token-no-answer = 令牌来源没有应答
    .do = 请检查 weixin.token.url 的服务器，或重试。
doctor-quota-good = 今日 { $limit } 次核销还剩 { $left } 次
doctor-quota-low = 今日 { $limit } 次核销仅剩 { $left } 次
    .do = 请检查还有什么在使用该账号，或向微信申请更多。
doctor-quota-spent = 今日 { $limit } 次核销已用完
    .do = 北京时间零点恢复。也可在平台清零。
doctor-quota-untold = 不知道还剩多少次调用
    .do = 若微信之前有自有服务器，则属正常。否则请检查账号权限。
doctor-scanner-reads = 扫码程序用 { $millis } 毫秒读出了自带图片
doctor-scanner-no-qr = 未启用二维码，自带图片说明不了问题
    .do = 多数券是二维码：请去掉 scan.symbologies，或加上 "qr"。
doctor-scanner-blind = 扫码程序读不出自带图片
    .do = 程序已损坏：请重新安装。
doctor-camera-good = { $name }：{ $width }x{ $height }，每秒 { $rate } 帧
doctor-camera-slow = { $name }：{ $width }x{ $height }，每秒仅 { $rate } 帧
    .do = 增加光线，并使用独立的 USB 接口。
doctor-camera-none = 没有摄像头
    .do = 请接上。券码也可手工输入，或使用 USB 扫码枪。
doctor-camera-other = 没有名为 { $name } 的摄像头
    .do = 请运行：coupon-kiosk cameras，并把其中一个写为 camera.device。
doctor-camera-busy = { $name }：正被其他程序占用，未查看画面
    .do = 若是运行中的本机程序，则属正常。否则请关闭那个程序。
doctor-camera-refused = { $name }：当前用户无权打开 { $path }
    .do = 请把用户加入 video 组：usermod -aG video coupon-kiosk，然后重新启动会话。
doctor-camera-unusable = { $name }：没有可用的画面格式
    .do = 请换一个摄像头。
doctor-camera-silent = { $name }：没有画面
    .do = 请拔下再插上。若无效，请换一个摄像头。
doctor-light-good = 画面亮度 { $percent } %
doctor-light-dark = 画面太暗（{ $percent } %）
    .do = 请增加光线，或取下镜头盖。
doctor-light-bright = 画面太亮（{ $percent } %）
    .do = 请让摄像头避开灯和窗户。
doctor-sharpness-good = 画面中的码清晰：边缘宽 { $pixels } 像素
doctor-sharpness-blurred = 画面中的码模糊：边缘宽 { $pixels } 像素
    .do = 请清洁镜头、调整焦距，或把卡片放在顾客出示手机的位置。
doctor-sharpness-no-card = 画面中没有码，未测清晰度
    .do = 请打印测试卡（coupon-kiosk doctor --card card.svg），放在摄像头前，再运行一次。
doctor-display-good = { $width }x{ $height }，缩放 { $scale }，每幅画面占处理器 { $millis } 毫秒
doctor-display-small = { $width }x{ $height }，缩放 { $scale }：小于窗口所需
    .do = 请使用宽度不少于 640 点的显示器。
doctor-display-slow = { $width }x{ $height }，缩放 { $scale }：每幅画面占处理器 { $millis } 毫秒
    .do = 未使用显卡，或没有显卡：降低分辨率会有帮助。
doctor-display-none = 未检查显示器：这里没有指定
    .do = 请在本机会话中运行，且不要用 --no-window。
doctor-display-lacking = 无法打开窗口：缺少软件包 { $packages }
    .do = apt-get install { $packages }
doctor-display-failed = 有显示器，但无法打开窗口
    .do = 请检查显卡驱动；必须由会话的用户运行。
doctor-sound-none = 此版本没有声音
    .do = 无需处理：ui.sound 尚不起作用。

## 演示用的手机
window-lacking = 有显示器，但无法打开窗口：缺少软件包 { $packages }。
window-none = 没有可以打开窗口的显示器：请在桌面会话或自助终端会话中启动（由 DISPLAY 或 WAYLAND_DISPLAY 指定）。
demo-in-terminal = 演示改在终端中进行。
demo-strip = 出示一部手机：
story-redeemed = 有效的券
story-already-redeemed = 已经用过
story-expired = 已过期
story-not-yet-valid = 尚未生效
story-gifting = 转赠中
story-deleted = 已删除
story-unknown-code = 未知券码
story-custom-code = 商户自定义码
story-link = 带加密码的链接
story-payment-code = 付款码
story-member-card = 会员卡
story-token-renewed = 令牌过期
story-no-network = 没有网络
story-answer-lost = 答复丢失，后查明
story-lost-for-good = 答复永远丢失

## 柜台的一天
day-open = 今日
day-title = 今日流水
day-totals = 核销 { $redeemed } 笔，未核销 { $other } 笔，未知 { $doubt } 笔
day-empty = 今天还没有扫过码。
day-none-found = 今天没有以此结尾的券码。
day-failed = 本机的流水无法读取。请联系商户技术人员。
day-search = 券码末几位
day-newer = 较新
day-older = 较早
day-page = 第 { $page } 页，共 { $pages } 页
day-close = 返回
told-query = 查询：{ $outcome }
told-intent = 已确认，即将发给微信
told-resend = 再次发送：微信要求先换新的访问凭证
told-probe = 向微信查询结果：{ $status }
told-probe-none = 向微信查询结果：没有可用的答复
told-settled = { $outcome }，{ $proof }
told-remark = 备注：{ $text }
told-mistake = 已告知店长：误核销
told-by = { $told }（{ $clerk }）
remark-open = 订单号或备注
remark-keep = 保存
mistake-open = 误核销
mistake-ask = 要记下此券为误核销、供店长查看吗？此券仍是已核销：无法撤回。
mistake-yes = 是，记下
mistake-no = 否
typing-space = 空格
sign-in-title = 请问是哪位？
sign-in-manager = 请店长输入密码
sign-out = { $name } 离岗
pin-hint = 密码
pin-ok = 确定
pin-wrong = 密码不对。{ $left ->
       *[other] 再错 { $left } 次
    }需要等待。
pin-wait = 密码错误次数太多：请等 { $seconds } 秒
staff-damaged = 员工名单无法读取。请联系商户技术人员：流水旁的 staff.json。
staff-hint = 名单上有人之后，每人凭自己的密码上岗，流水会记下是谁做的。
staff-add = 添加
staff-name = 姓名
staff-next = 下一步
staff-clerk = 店员
staff-manager = 店长
staff-pin = 新密码
staff-remove = 从名单中移除
staff-pin-once = { $name }：请输入 4 至 8 位数字的密码。
staff-pin-again = { $name }：请再输入一次同样的密码。
staff-pin-differs = { $name }：两次输入的密码不同。请重新输入。
staff-fault-name = 姓名为 1 至 24 个字。
staff-fault-taken = 已有同名的人。
staff-fault-first = 名单上的第一位必须是店长。
staff-fault-last = 还有店员时，最后一位店长不能移除。
staff-fault-length = 密码为 4 至 8 位数字。
staff-fault-weak = 这个密码太简单：不要重复同一个数字，也不要用 1234。
staff-fault-kept = 无法保存。请联系商户技术人员。
service-corner = 维护
service-title = 维护
service-open = 还没有店长，任何人都可以更改。请先在“员工”里添加一位。
service-store = 门店名称
service-store-hint = 显示在屏幕上方
service-camera = 摄像头
service-no-camera = 这里没有可选的摄像头。
service-lock = 空闲时锁定
service-lock-hint = 这么久无人触摸，就会请店员重新登录；核销过程中绝不锁定。
service-staff = 员工
service-export = 把今日流水存为文件
service-exported = 已写入 { $path }
service-not-exported = 文件无法写入。请联系商户技术人员。
service-leave = 关闭本机程序
lock-never = 从不
lock-seconds = { $seconds } 秒
lock-minutes = { $minutes } 分钟
first-language = 语言
    .do = 选择语言 / Choose the language
first-store = 门店名称
    .do = 显示在屏幕上方，可以留空。
first-way = 如何连接微信？
    .do = 商户技术人员知道。以后可在流水旁的 settings.toml 中更改。
first-way-account = 用公众号的 AppID 和 AppSecret
first-way-service = 用商户自己的凭证服务
first-appid = AppID
    .do = 与平台上显示的一样：以 wx 开头。
first-url = 凭证服务的地址
    .do = 以 https:// 开头
first-secret = AppSecret
    .do = 它存入只有本机能读的单独文件。
first-bearer = 服务的密钥
    .do = 服务要求的内容；没有要求就留空。
first-test = 微信答复吗？
    .do = 本机查询一个谁都没有的码。不会核销任何东西。
first-try = 试一试
first-testing = 正在询问微信……
first-works = 微信能答复本机。
first-wrong = AppID 或地址不对。请返回再看一遍。
first-begin = 开始使用
