"""Capital letters as patterns, which `re` has no class for: one letter, and a name of several words."""

UPPER = "A-ZĐÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"  # for use inside brackets
NAME = rf"[{UPPER}](?<!\w.)[^\W\d_]{{1,20}}(?:\s[{UPPER}][^\W\d_]{{1,20}}){{1,4}}"
