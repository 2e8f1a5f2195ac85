"""Defaults of the product: Telegram's free rate, the ten built-in topics, and feeds of Vietnamese papers."""

import importlib.resources
import tomllib
from dataclasses import dataclass

FREE_MESSAGES_PER_SECOND = 30  # to all chats together; Telegram takes Stars for more

# The ten topics of a newsroom file that declares none, and what papers usually call their sections.
# An operator's own topic is also found by these words if it has the name of a topic here. Names, titles and
# aliases are compared without accents, hyphens as spaces, so each word is listed once.

_TOPICS = {
    "thoi-su": (
        "Thời sự",
        (
            "chính trị, trong nước, tin trong nước, chính trị - xã hội, thời sự chính trị, nội chính,"
            " xây dựng Đảng, chính phủ, quốc hội, quốc phòng, biển đảo, địa phương, đô thị"
        ),
    ),
    "the-gioi": (
        "Thế giới",
        "quốc tế, tin quốc tế, thế giới đó đây, quân sự, kiều bào, người Việt năm châu",
    ),
    "kinh-te": (
        "Kinh tế",
        (
            "kinh doanh, tài chính, chứng khoán, bất động sản, doanh nghiệp, doanh nhân, nhà đất, địa ốc,"
            " ngân hàng, tài chính ngân hàng, tài chính kinh doanh, thị trường, tiêu dùng, hàng hóa,"
            " thương mại, đầu tư, khởi nghiệp, vĩ mô, nông nghiệp, công thương, giá vàng,"
            " thị trường chứng khoán, kinh tế thế giới"
        ),
    ),
    "xa-hoi": (
        "Xã hội",
        (
            "đời sống, dân sinh, giao thông, giới trẻ, nhịp sống, nhịp sống trẻ, gia đình, việc làm,"
            " lao động việc làm, lao động, an sinh, an sinh xã hội, cộng đồng, nhân ái, tấm lòng nhân ái,"
            " tâm sự"
        ),
    ),
    "phap-luat": (
        "Pháp luật",
        (
            "an ninh, pháp đình, an ninh trật tự, an ninh hình sự, hình sự, vụ án, tòa án, ký sự pháp đình,"
            " tư vấn pháp luật, chuyện pháp đình"
        ),
    ),
    "giao-duc": (
        "Giáo dục",
        "tuyển sinh, du học, học đường, đào tạo, khuyến học, học bổng, giáo dục hướng nghiệp",
    ),
    "suc-khoe": (
        "Sức khỏe",
        (
            "y tế, dinh dưỡng, sống khỏe, khỏe đẹp, sức khỏe đời sống, dịch bệnh, y học, các bệnh,"
            " sức khỏe giới tính"
        ),
    ),
    "khoa-hoc-cong-nghe": (
        "Khoa học – Công nghệ",
        (
            "khoa học, công nghệ, số hóa, môi trường, nhịp sống số, sức mạnh số, thế giới số, công nghệ số,"
            " chuyển đổi số, công nghệ thông tin, CNTT, viễn thông, internet, thiết bị, điện thoại,"
            " trí tuệ nhân tạo, vũ trụ, khoa học đời sống"
        ),
    ),
    "the-thao": (
        "Thể thao",
        (
            "bóng đá, đá banh, quần vợt, tennis, bóng đá quốc tế, bóng đá Việt Nam, bóng đá trong nước,"
            " thể thao quốc tế, các môn khác, bóng rổ, bóng chuyền, cầu lông, marathon, golf,"
            " ngoại hạng Anh, V-League, World Cup, võ thuật"
        ),
    ),
    "van-hoa-giai-tri": (
        "Văn hóa – Giải trí",
        (
            "văn hóa, giải trí, điện ảnh, âm nhạc, du lịch, phim, nhạc, sân khấu, showbiz, thời trang,"
            " thời trang trẻ, làm đẹp, ẩm thực, nghệ thuật, văn học, văn nghệ, sách, truyền hình, mỹ thuật,"
            " di sản, văn hóa nghệ thuật, hoa hậu, lễ hội"
        ),
    ),
}
# name → (title, aliases), in the order in which readers see them
BUILT_IN_TOPICS = {name: (title, tuple(words.split(", "))) for name, (title, words) in _TOPICS.items()}


# The starter list: feeds of Vietnamese papers by topic. The papers may change their addresses at any time.

_NO_TOPIC = "moi"  # the key of feeds that carry every topic


@dataclass(frozen=True, slots=True)
class NewSource:
    """A feed that may become a source. `name` is any text; without `topic` it carries every topic."""

    name: str
    title: str
    url: str
    topic: str | None = None


def starter_feeds() -> list[NewSource]:
    data = (importlib.resources.files("config") / "starter_feeds.toml").read_text(encoding="utf-8")
    return [
        NewSource(
            name=f"{paper['name']}-{topic}"[:32].rstrip("-"),
            title=paper["title"],
            url=paper["base"] + path,
            topic=None if topic == _NO_TOPIC else topic,
        )
        for paper in tomllib.loads(data)["papers"]
        for topic, path in paper["feeds"].items()
    ]
