namespace Slipway.Tools.Tests;

public class CloudWatchAnswerTests
{
    /// <summary>As the documentation of get-metric-data shows it.</summary>
    private const string Documented = """
        {
            "MetricDataResults": [
                {
                    "Id": "q0",
                    "Label": "targetgroup/web-blue/943f017f100becff RequestCount",
                    "Timestamps": [
                        "2026-11-20T11:55:00+00:00",
                        "2026-11-20T11:56:00+00:00"
                    ],
                    "Values": [
                        951.0,
                        947.0
                    ],
                    "StatusCode": "Complete"
                },
                {
                    "Id": "q1",
                    "Label": "targetgroup/web-blue/943f017f100becff HTTPCode_Target_5XX_Count",
                    "Timestamps": [],
                    "Values": [],
                    "StatusCode": "Complete"
                }
            ],
            "Messages": []
        }
        """;

    private static DateTimeOffset At(int minute) => new(2026, 11, 20, 11, minute, 0, TimeSpan.Zero);

    [Test]
    public void HasAValueForEachPeriod()
    {
        var answer = CloudWatchAnswer.Parse(Documented);

        answer.Problem.ShouldBeNull();
        answer.Points.Count.ShouldBe(2);
        answer.Points[("q0", At(55))].ShouldBe(951);
        answer.Points[("q0", At(56))].ShouldBe(947);
    }

    [TestCase("\"2026-11-20T11:55:00Z\"")]
    [TestCase("\"2026-11-20T12:55:00+01:00\"")]
    [TestCase("\"2026-11-20T11:55:00\"")]
    [TestCase("1795175700")]
    [TestCase("1795175700.0")]
    public void TimesComeInSeveralForms(string time) =>
        CloudWatchAnswer
            .Parse(
                $"{{\"MetricDataResults\":[{{\"Id\":\"a\",\"Timestamps\":[{time}],\"Values\":[1],\"StatusCode\":\"Complete\"}}]}}"
            )
            .Points.Keys.ShouldHaveSingleItem()
            .ShouldBe(("a", At(55)));

    [Test]
    public void PagesAreOneAnswer()
    {
        var answer = CloudWatchAnswer.Parse(
            """
            {"MetricDataResults":[
              {"Id":"a","Timestamps":["2026-11-20T11:55:00Z"],"Values":[1.0],"StatusCode":"PartialData"},
              {"Id":"a","Timestamps":["2026-11-20T11:56:00Z"],"Values":[2.0],"StatusCode":"Complete"}]}
            """
        );

        answer.Problem.ShouldBeNull();
        answer.Points.Values.Order().ShouldBe([1, 2]);
    }

    [TestCase("{}", "not that of get-metric-data")]
    [TestCase("[]", "not that of get-metric-data")]
    [TestCase("null", "not that of get-metric-data")]
    [TestCase(
        "{\"MetricDataResults\":[{\"Id\":\"a\",\"Timestamps\":[\"soon\"],\"Values\":[1]}]}",
        "not that of get-metric-data"
    )]
    [TestCase(
        "{\"MetricDataResults\":[{\"Id\":\"a\",\"Timestamps\":[],\"Values\":[1]}]}",
        "a has 0 times for 1 values"
    )]
    [TestCase(
        "{\"MetricDataResults\":[{\"Id\":\"a\",\"Timestamps\":[],\"Values\":[],\"StatusCode\":\"Forbidden\"}]}",
        "CloudWatch answers Forbidden for a"
    )]
    [TestCase(
        "{\"MetricDataResults\":[],\"Messages\":[{\"Code\":\"MaxMetricsExceeded\",\"Value\":\"Too\\nmany\"}]}",
        "MaxMetricsExceeded: Too many"
    )]
    public void SaysWhatIsWrong(string json, string problem) =>
        CloudWatchAnswer.Parse(json).Problem.ShouldNotBeNull().ShouldContain(problem);

    [Test]
    public void AHugeOneIsRefusedOrRead() =>
        CloudWatchAnswer.Parse(new string('[', 10_000_000)).Problem.ShouldNotBeNull();
}
