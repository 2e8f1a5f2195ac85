"""The ten topics of a newsroom file that declares none, with further words that feeds and addresses use.

Names, titles and aliases are compared without accents, hyphens as spaces; so each word stands here once.
"""

BUILT_IN_TOPICS: dict[str, tuple[str, tuple[str, ...]]] = {
    "thoi-su": ("Thời sự", ("chính trị", "trong nước", "tin trong nước")),
    "the-gioi": ("Thế giới", ("quốc tế", "tin quốc tế")),
    "kinh-te": ("Kinh tế", ("kinh doanh", "tài chính", "chứng khoán", "bất động sản", "doanh nghiệp")),
    "xa-hoi": ("Xã hội", ("đời sống", "dân sinh", "giao thông")),
    "phap-luat": ("Pháp luật", ("an ninh", "pháp đình")),
    "giao-duc": ("Giáo dục", ("tuyển sinh", "du học")),
    "suc-khoe": ("Sức khỏe", ("y tế", "dinh dưỡng")),
    "khoa-hoc-cong-nghe": ("Khoa học – Công nghệ", ("khoa học", "công nghệ", "số hóa", "môi trường")),
    "the-thao": ("Thể thao", ("bóng đá", "quần vợt")),
    "van-hoa-giai-tri": ("Văn hóa – Giải trí", ("văn hóa", "giải trí", "điện ảnh", "âm nhạc", "du lịch")),
}
"""Name → (title, aliases), in the order in which readers see them."""
