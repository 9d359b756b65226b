// Which words and turns of phrase do administrative papers use?
//
// Headings, labels and authorities as the forms print them (Decree 30/2020/NĐ-CP on the form of administrative
// papers; Circular 04/2020/TT-BTP's civil-status forms; the other papers' own regulations). Written down for this
// program.

/** Phrases whose words stand together: a slip in one word is mended by the others. */
export const PHRASES: readonly string[] = `
cộng hòa xã hội chủ nghĩa việt nam
độc lập tự do hạnh phúc
ủy ban nhân dân
hội đồng nhân dân
ủy ban nhân dân xã
ủy ban nhân dân phường
ủy ban nhân dân thị trấn
ủy ban nhân dân huyện
ủy ban nhân dân quận
ủy ban nhân dân thành phố
ủy ban nhân dân tỉnh
công an xã
công an phường
công an huyện
công an thành phố
công an tỉnh
bộ công an
bộ tư pháp
bộ y tế
bộ nội vụ
bộ giáo dục và đào tạo
bộ giao thông vận tải
bộ tài nguyên và môi trường
bộ nông nghiệp và môi trường
sở tư pháp
sở nội vụ
sở xây dựng
sở y tế
sở giáo dục và đào tạo
sở giao thông vận tải
sở tài nguyên và môi trường
sở nông nghiệp và môi trường
phòng tư pháp
phòng giáo dục và đào tạo
văn phòng đăng ký đất đai
bảo hiểm xã hội việt nam
bảo hiểm xã hội tỉnh
bảo hiểm xã hội huyện
cục cảnh sát giao thông
phòng cảnh sát giao thông
cục cảnh sát quản lý hành chính về trật tự xã hội
cục đường bộ việt nam
trung tâm phục vụ hành chính công
trung tâm hành chính công
bộ phận một cửa
giấy khai sinh
giấy chứng nhận kết hôn
giấy chứng nhận quyền sử dụng đất
quyền sử dụng đất quyền sở hữu nhà ở và tài sản khác gắn liền với đất
giấy chứng nhận đăng ký xe
giấy chứng nhận đăng ký xe ô tô
giấy chứng nhận đăng ký xe mô tô xe gắn máy
giấy phép lái xe
giấy xác nhận
giấy xác nhận thông tin về cư trú
xác nhận thông tin về cư trú
giấy xác nhận tình trạng hôn nhân
thẻ bảo hiểm y tế
bằng tốt nghiệp trung học phổ thông
bằng tốt nghiệp trung học cơ sở
bằng tốt nghiệp đại học
bằng tốt nghiệp cao đẳng
bằng tốt nghiệp
bằng cử nhân
bằng kỹ sư
bằng thạc sĩ
bằng tiến sĩ
quyết định
đơn đề nghị
tờ khai
bản sao
bản chính
trích lục
họ chữ đệm tên
họ và tên
họ tên
họ chữ đệm tên khai sinh
họ chữ đệm tên người mẹ
họ chữ đệm tên người cha
họ chữ đệm tên người đi khai sinh
họ và tên vợ
họ và tên chồng
họ và tên chủ hộ
họ và tên cha
họ và tên mẹ
ngày tháng năm sinh
ngày tháng năm đăng ký
ghi bằng chữ
giới tính
dân tộc
quốc tịch
tôn giáo
nơi sinh
quê quán
nơi cư trú
nơi thường trú
nơi tạm trú
nơi ở hiện tại
địa chỉ thường trú
địa chỉ
nghề nghiệp
quan hệ với chủ hộ
số thành viên trong hộ
số định danh cá nhân
số căn cước
số căn cước công dân
giấy tờ tùy thân
căn cước công dân số
chứng minh nhân dân số
căn cước công dân
chứng minh nhân dân
hộ chiếu
ngày cấp
nơi cấp
có giá trị đến
có giá trị từ ngày
ngày hết hạn
cấp ngày
nơi đăng ký khai sinh
nơi đăng ký kết hôn
năm sinh
ngày sinh
trạm y tế
bệnh viện đa khoa
người ký giấy khai sinh
người ký giấy chứng nhận kết hôn
người đi khai sinh
chủ tịch
phó chủ tịch
giám đốc
phó giám đốc
trưởng phòng
phó trưởng phòng
trưởng công an
phó trưởng công an
công chức tư pháp hộ tịch
công chức tư pháp
đã ký
ký ghi rõ họ tên
ký tên đóng dấu
học sinh trường
trường trung học phổ thông
trường trung học cơ sở
trường tiểu học
trường đại học
trường cao đẳng
năm tốt nghiệp
xếp loại tốt nghiệp
xếp loại
hạng tốt nghiệp
ngành đào tạo
hình thức đào tạo
trung bình khá
số hiệu
số vào sổ gốc cấp bằng
số vào sổ cấp bằng
số vào sổ cấp giấy chứng nhận
thửa đất số
tờ bản đồ số
diện tích
hình thức sử dụng
mục đích sử dụng
thời hạn sử dụng
nguồn gốc sử dụng
sử dụng riêng
sử dụng chung
đất ở tại nông thôn
đất ở tại đô thị
đất trồng cây lâu năm
đất trồng lúa
nhà nước giao đất có thu tiền sử dụng đất
công nhận quyền sử dụng đất như giao đất có thu tiền sử dụng đất
nhà ở
người sử dụng đất
chủ sở hữu
chủ xe
biển số đăng ký
biển số
nhãn hiệu
số loại
loại xe
màu sơn
số máy
số khung
dung tích
số chỗ ngồi
số người được phép chở
trọng tải
đăng ký lần đầu
đăng ký lần đầu ngày
hạng
không thời hạn
mã số
nơi đăng ký khám chữa bệnh ban đầu
nơi đăng ký khám bệnh chữa bệnh ban đầu
giá trị sử dụng
thời điểm đủ năm năm liên tục
nơi cấp đổi thẻ bảo hiểm y tế
căn cứ luật tổ chức chính quyền địa phương
căn cứ luật
căn cứ nghị định
căn cứ thông tư
xét đề nghị của
theo đề nghị của
quyết định này có hiệu lực kể từ ngày ký
có hiệu lực kể từ ngày ký
có hiệu lực kể từ ngày
chịu trách nhiệm thi hành quyết định này
chịu trách nhiệm thi hành
về việc
nơi nhận
như điều
lưu văn thư
kính gửi
xác nhận
hiện đang cư trú tại
đăng ký thường trú tại
để làm thủ tục
giấy xác nhận này có giá trị
trong thời hạn
tháng kể từ ngày ký
cấp cho
có tên trong
người yêu cầu
người xác nhận
thông tin khác
thông tin thành viên hộ gia đình
hộ gia đình
chủ hộ
con trai
con gái
con đẻ
tình trạng hôn nhân
chưa đăng ký kết hôn với ai
đã kết hôn
đã ly hôn
sáu tháng
ngày tháng năm
`
  .trim()
  .split("\n");

/** Other words of such papers and of numbers written out. */
export const WORDS: readonly string[] = `
không một hai ba bốn năm sáu bảy bẩy tám chín mười mươi mốt lăm tư trăm nghìn ngàn triệu linh lẻ tỷ rưỡi đồng
ngày tháng năm giờ phút giêng chạp thứ chủ nhật
nam nữ ông bà anh chị cha mẹ vợ chồng con cháu em bố người họ tên chữ đệm
xã phường thị trấn huyện quận thành phố tỉnh thôn xóm ấp khóm tổ bản làng khu phố đường số nhà ngõ ngách hẻm
và của các những cho với từ đến tại theo được là có này trên trong ngoài về việc thì mà hoặc nếu khi để bởi do vì
cấp đăng ký quyết định nghị thông tư công văn điều khoản điểm chương mục luật bộ sở phòng ban ngành cơ quan đơn vị tổ chức cá nhân
giỏi khá trung bình xuất sắc yếu kém tốt
thường trú tạm trú cư trú nghề nghiệp nông dân công nhân viên giáo viên học sinh sinh viên hưu trí
bệnh viện trạm y tế khoa đa
xác nhận đề nghị kính gửi nội dung lý do căn cứ thời hạn hiệu lực thi hành trách nhiệm
sao y chứng thực bản chính lục trích quyển tờ trang
đất thửa diện tích mét vuông bằng
hộ khẩu nhân khẩu gia đình thành viên quan hệ
giấy phép lái xe hạng máy khung biển nhãn hiệu màu sơn trắng đen đỏ xanh vàng bạc nâu xám
`
  .trim()
  .split(/\s+/);

/** What stands before a value and says what the value is. */
export type Context = "name" | "place" | "ethnicity" | "nationality" | "date" | "number";

export const LABELS: Readonly<Record<Context, readonly string[]>> = {
  name: [
    ...["họ chữ đệm tên", "họ và tên", "họ tên", "họ chữ đệm tên người mẹ", "họ chữ đệm tên người cha"],
    ...["họ chữ đệm tên người đi khai sinh", "họ chữ đệm tên khai sinh", "cấp cho", "cho", "chủ xe"],
    ...["ông", "bà", "họ và tên chủ hộ", "họ và tên cha", "họ và tên mẹ", "tên chủ xe", "họ tên cha"],
  ],
  place: [
    ...["nơi sinh", "quê quán", "nơi cư trú", "nơi thường trú", "nơi tạm trú", "địa chỉ", "nơi ở hiện tại"],
    ...["địa chỉ thường trú", "nơi đăng ký", "nơi đăng ký khai sinh", "nơi đăng ký kết hôn", "nơi cấp"],
    ...["ủy ban nhân dân", "hiện cư trú tại", "thường trú tại"],
  ],
  ethnicity: ["dân tộc"],
  nationality: ["quốc tịch"],
  date: [
    "ngày tháng năm sinh",
    "ngày sinh",
    "ghi bằng chữ",
    "bằng chữ",
    "ngày tháng năm đăng ký",
    "ngày cấp",
  ],
  number: [
    ...["số định danh cá nhân", "số căn cước", "số căn cước công dân", "căn cước công dân số", "số cccd"],
    ...["chứng minh nhân dân số", "số cmnd"],
  ],
};
