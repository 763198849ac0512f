// SPDX-License-Identifier: Apache-2.0
// Messages of many parts, put together from the fuzzer's choices, so that most of them are multiparts within
// multiparts, nearly right: they are read within the bounds, every attachment can be had, and no octet costs more
// time than it should.
#include <shield/core/ascii.hpp>
#include <shield/core/digest.hpp>
#include <shield/mime/read.hpp>

#include <fuzzer/FuzzedDataProvider.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

namespace {

using namespace shield;

void check(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

/// What the last octets of the input choose: FuzzedDataProvider takes numbers from there.
class Message {
public:
    explicit Message(FuzzedDataProvider& data) : data_{data} {}

    std::string made()
    {
        for (int i = data_.ConsumeIntegralInRange(0, 4); i > 0; --i) {
            field();
        }
        entity(0);
        return std::move(octets_);
    }

private:
    void entity(int depth)
    {
        if (depth < 12 && data_.remaining_bytes() > 0 && data_.ConsumeIntegralInRange(0, 2) == 0) {
            multipart(depth);
        } else {
            leaf();
        }
    }

    void multipart(int depth)
    {
        const std::string boundary = std::string(data_.ConsumeIntegralInRange<std::size_t>(0, 3), 'b') +
                                     std::string{data_.PickValueInArray({"", "-", "--", "=", " ", "x\"y", "\\"})};
        const std::string_view subtype = data_.PickValueInArray<std::string_view>(
            {"mixed", "alternative", "related", "signed", "report", "digest"});
        octets_.append("Content-Type: multipart/").append(subtype).append("; boundary=\"").append(boundary);
        octets_ += data_.PickValueInArray({"\"", "\"; charset=x", ""});
        octets_ += "\r\n\r\n";
        for (int i = data_.ConsumeIntegralInRange(0, 5); i > 0; --i) {
            octets_.append(data_.PickValueInArray({"\r\n--", "--", "\n--", "\r--"})).append(boundary);
            octets_ += data_.PickValueInArray({"\r\n", " \r\n", "--\r\n", "\n", "x\r\n", "\t\n"});
            entity(depth + 1);
        }
        if (data_.ConsumeBool()) {
            octets_.append("\r\n--").append(boundary).append("--\r\n");
        }
    }

    void field()
    {
        octets_ += data_.PickValueInArray({"Subject: ", "From: ", "To: ", "Received: ", "References: ", "Date: ",
                                           "Content-Disposition: attachment; filename=", "Message-ID: ", "X: ", " ",
                                           "Auto-Submitted: ", "List-Id: ", "Content-Language: ", "Reply-To: "});
        octets_ += data_.ConsumeRandomLengthString(60);
        octets_ += data_.PickValueInArray({"\r\n", "\n", "\r\n\t", ""});
    }

    void leaf()
    {
        octets_ += "Content-Type: ";
        octets_ +=
            data_.PickValueInArray({"text/plain", "text/html", "text/plain; charset=iso-2022-jp; format=flowed",
                                    "text/html; charset=utf-7", "message/rfc822", "application/pdf; name=a.pdf",
                                    "application/pgp-encrypted", "application/pkcs7-mime; smime-type=signed-data",
                                    "message/delivery-status", "text/calendar", "text/x-vcard", ""});
        octets_ += data_.PickValueInArray({"\r\n", "\r\nContent-Transfer-Encoding: base64\r\n",
                                           "\r\nContent-Transfer-Encoding: quoted-printable\r\n",
                                           "\r\nContent-Transfer-Encoding: x-uuencode\r\n"});
        for (int i = data_.ConsumeIntegralInRange(0, 2); i > 0; --i) {
            field();
        }
        octets_ += "\r\n";
        octets_ += data_.ConsumeRandomLengthString(400);
    }

    FuzzedDataProvider& data_;
    std::string octets_;
};

core::Limits small_limits()
{
    core::Limits limits;
    limits.mime_depth_max = 4;
    limits.mime_parts_max = 10;
    limits.header_field_max = 500;
    return limits;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size)
{
    static const core::Limits limits = small_limits();
    FuzzedDataProvider data{octets, size};
    const std::string message = Message{data}.made();
    const std::clock_t begin = std::clock();
    const core::Assessment assessment = mime::read(message, limits);
    // Under sanitizers an octet costs less than a microsecond; the rest is for a busy machine and first uses.
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    check(seconds < 0.5 + 20e-6 * static_cast<double>(message.size()));

    check(core::is_utf8(assessment.text) && assessment.text.size() <= limits.text_max);
    check(core::is_utf8(assessment.subject) && assessment.attachments.size() <= limits.mime_parts_max + 1);
    for (std::size_t number = 1; number <= assessment.attachments.size(); ++number) {
        const auto content = mime::attachment(message, number, limits);
        check(content && core::sha256(*content) == assessment.attachments[number - 1].sha256);
        check(core::is_utf8(assessment.attachments[number - 1].name));
    }
    check(!mime::attachment(message, assessment.attachments.size() + 1, limits));
    return 0;
}
