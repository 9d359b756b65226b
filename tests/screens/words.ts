// Which words must every method of typing give? (The provinces, and what the procedures ask for.)

export const PLACES =
  "hà nội huế đà nẵng hải phòng cần thơ hồ chí minh an giang bắc ninh cà mau cao bằng đắk lắk điện biên " +
  "đồng nai đồng tháp gia lai hà tĩnh hưng yên khánh hòa lai châu lạng sơn lào cai lâm đồng nghệ an " +
  "ninh bình phú thọ quảng ngãi quảng ninh quảng trị sơn la tây ninh thái nguyên thanh hóa tuyên quang " +
  "vĩnh long xác nhận tình trạng hôn nhân đăng ký tạm trú chứng thực bản sao từ bản chính khuya khoắt " +
  "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý thuyền thuở quýt quờ giường";
